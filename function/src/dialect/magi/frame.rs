//! The frames of the native dialect, in the words of function/README.md.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use serde_json::Value;

use crate::agent::Side;
use crate::dialect::inquiries::Origin;
use crate::dialect::sse;
use crate::event::{
    AskBack, Asked, Citation, Event, Explanation, Inquiry, InquiryKind, Member, State, ToolCall,
    ToolResult, Trace, Usage,
};
use crate::relay::AgentUsage;

/// The data of one frame: its content, then whose it is and when it happened.
#[derive(Serialize)]
pub(super) struct Frame<'a> {
    #[serde(flatten)]
    pub(super) content: &'a Content<'a>,
    /// The agent that an event is about, where the content does not begin with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<&'a str>,
    pub(super) timestamp: &'a str,
}

#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum Content<'a> {
    Start {
        session_id: &'a str,
        request_id: &'a str,
    },
    Agent(&'a Member),
    Status {
        agent: &'a str,
        state: State,
    },
    /// [`write_chunk`] is its copy for speed.
    Chunk {
        content: &'a str,
        chunk_number: u64,
    },
    Reasoning {
        content: &'a str,
    },
    ToolCall(&'a ToolCall),
    ToolResult(&'a ToolResult),
    Citation(&'a Citation),
    File {
        name: &'a str,
        media_type: &'a str,
        /// Base64.
        bytes: String,
    },
    ReturnControl {
        invocation_id: &'a str,
        /// Of Bedrock agents only.
        #[serde(skip_serializing_if = "Option::is_none")]
        invocation_inputs: Option<&'a Value>,
        /// Of all others.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        inquiries: Vec<Asking<'a>>,
    },
    Trace {
        trace: &'a Trace,
    },
    Data {
        data: &'a Value,
    },
    Explain(&'a Explanation),
    Complete {
        execution_time: u64,
        chunk_count: u64,
        total_bytes: u64,
        session_id: &'a str,
        agent_id: &'a str,
        usage: Usage,
        /// Empty unless there are several agents.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        usage_by_agent: &'a [AgentUsage],
    },
    Error {
        error: &'static str,
        message: &'static str,
        retryable: bool,
        side: Side,
        execution_time: u64,
        chunk_count: u64,
    },
}

/// One inquiry. It comes back with its answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asking<'a> {
    id: String,
    kind: InquiryKind,
    name: &'a str,
    #[serde(skip_serializing_if = "Value::is_null")]
    input: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<&'a str>,
}

/// What an agent asks back; `origin` is of the stream.
pub(super) fn ask_back<'a>(asked: &'a Asked, origin: &'a Origin) -> Content<'a> {
    match asked {
        Asked::ReturnControl {
            invocation_id,
            inputs,
        } => Content::ReturnControl {
            invocation_id,
            invocation_inputs: Some(inputs),
            inquiries: Vec::new(),
        },
        Asked::Inquiries(inquiries) => {
            let ids = origin.ids(inquiries).into_iter();
            let asking = |(id, inquiry): (String, &'a Inquiry)| Asking {
                id,
                kind: inquiry.kind,
                name: &inquiry.name,
                input: &inquiry.input,
                message: inquiry.message.as_deref(),
                schema: inquiry.schema.as_ref(),
                tool_call_id: inquiry.tool_call_id.as_deref(),
                expires_at: inquiry.expires_at.as_deref(),
            };
            Content::ReturnControl {
                invocation_id: origin.invocation_id(),
                invocation_inputs: None,
                inquiries: ids.zip(inquiries).map(asking).collect(),
            }
        }
    }
}

impl<'a> Content<'a> {
    /// The content of an event; `None` for what is not for clients.
    pub(super) fn of(event: &'a Event, chunk_number: u64, origin: &'a Origin) -> Option<Self> {
        Some(match event {
            Event::Agent(member) => Self::Agent(member),
            Event::Status { agent, state } => {
                let state = *state;
                Self::Status { agent, state }
            }
            Event::Chunk { content, .. } => Self::Chunk {
                content,
                chunk_number,
            },
            Event::Reasoning { content, .. } => Self::Reasoning { content },
            Event::ToolCall(call) | Event::ClientCall(call) => Self::ToolCall(call),
            Event::ToolResult(result) => Self::ToolResult(result),
            Event::Citation { citation, .. } => Self::Citation(citation),
            Event::File { file, .. } => Self::File {
                name: &file.name,
                media_type: &file.media_type,
                bytes: STANDARD.encode(&file.bytes),
            },
            Event::AskBack(AskBack { asked, .. }) => ask_back(asked, origin),
            Event::Trace { trace, .. } => Self::Trace { trace },
            Event::Data { data, .. } => Self::Data { data },
            Event::Explanation(explanation) => Self::Explain(explanation),
            // The relay sums these up; `complete` has the usage.
            // Only clients of AG-UI know what is in a message of theirs, or a foreign event.
            Event::InMessage { .. }
            | Event::Foreign { .. }
            | Event::Usage { .. }
            | Event::Retried
            | Event::Unknown
            | Event::Unread(_) => {
                return None;
            }
            // The whole call follows.
            Event::CallBegins { .. } | Event::CallInput { .. } => return None,
        })
    }
}

/// Appends the frame of a chunk: what serde makes of [`Content::Chunk`], with a quarter of the
/// instructions. Nothing else is written for every word of an answer.
pub(super) fn write_chunk(
    content: &str,
    chunk_number: u64,
    agent: &str,
    timestamp: &str,
    out: &mut BytesMut,
) {
    out.put_slice(br#"data: {"type":"chunk","content":"#);
    sse::json(content, out);
    out.put_slice(br#","chunkNumber":"#);
    sse::json(&chunk_number, out);
    out.put_slice(br#","agent":"#);
    sse::json(agent, out);
    out.put_slice(br#","timestamp":""#);
    out.put_slice(timestamp.as_bytes());
    out.put_slice(b"\"}\n\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_chunk_is_written_as_serde_writes_it(
            content in any::<String>(), chunk_number in any::<u64>(), agent in any::<String>(),
        ) {
            let timestamp = "2026-11-23T01:02:03.456Z";
            let frame = Frame {
                content: &Content::Chunk { content: &content, chunk_number },
                agent: Some(&agent),
                timestamp,
            };
            let mut expected = BytesMut::new();
            sse::data(&frame, &mut expected);

            let mut written = BytesMut::new();
            write_chunk(&content, chunk_number, &agent, timestamp, &mut written);
            prop_assert_eq!(written, expected);
        }
    }
}
