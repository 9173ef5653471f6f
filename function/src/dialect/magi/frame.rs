//! The frames of the native dialect, in the words of function/README.md.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::agent::Side;
use crate::event::{Citation, Event, Member, State, ToolCall, ToolResult, Trace, Usage};
use crate::relay::AgentUsage;
use crate::timestamp::rfc3339;

/// The data of one frame: its content, then whose it is and when it happened.
#[derive(Serialize)]
pub(super) struct Frame<'a> {
    #[serde(flatten)]
    content: Content<'a>,
    /// The agent that an event is about, where the content does not begin with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    timestamp: String,
}

impl<'a> Frame<'a> {
    pub(super) fn new(content: Content<'a>, at: SystemTime) -> Self {
        Self {
            content,
            agent: None,
            timestamp: rfc3339(at),
        }
    }

    /// The frame of an event; `None` for what is not for clients.
    pub(super) fn of_event(event: &'a Event, chunk_number: u64, at: SystemTime) -> Option<Self> {
        let (content, agent) = match event {
            Event::Agent(member) => return Some(Self::new(Content::Agent(member), at)),
            Event::Status { agent, state } => {
                let state = *state;
                return Some(Self::new(Content::Status { agent, state }, at));
            }
            Event::Chunk { agent, content } => (
                Content::Chunk {
                    content,
                    chunk_number,
                },
                agent,
            ),
            Event::Reasoning { agent, content } => (Content::Reasoning { content }, agent),
            Event::ToolCall(call) => (Content::ToolCall(call), &call.agent),
            Event::ToolResult(result) => (Content::ToolResult(result), &result.agent),
            Event::Citation { agent, citation } => (Content::Citation(citation), agent),
            Event::File { agent, file } => (
                Content::File {
                    name: &file.name,
                    media_type: &file.media_type,
                    bytes: STANDARD.encode(&file.bytes),
                },
                agent,
            ),
            Event::ReturnControl {
                agent,
                invocation_id,
                inputs,
            } => (
                Content::ReturnControl {
                    invocation_id,
                    invocation_inputs: inputs,
                },
                agent,
            ),
            Event::Trace { agent, trace } => (Content::Trace { trace }, agent),
            Event::Data { agent, data } => (Content::Data { data }, agent),
            // The relay sums these up; `complete` has the usage.
            Event::Usage { .. } | Event::Retried | Event::Unknown => return None,
        };
        Some(Self {
            agent: Some(agent),
            ..Self::new(content, at)
        })
    }
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
        invocation_inputs: &'a Value,
    },
    Trace {
        trace: &'a Trace,
    },
    Data {
        data: &'a Value,
    },
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
