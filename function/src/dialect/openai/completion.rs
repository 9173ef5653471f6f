//! The objects of chat completions, as the `openai` packages name them.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::dialect::inquiries::Call;
use crate::event::{Citation, Usage};

/// The beginning of every chunk and of every whole answer.
#[derive(Debug, Default, Serialize)]
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) created: u64,
    pub(super) model: String,
}

impl Identity {
    /// The identity of an answer of `model`; the rest is known when the answer starts.
    pub(super) fn new(object: &'static str, model: String) -> Self {
        Self {
            object,
            model,
            ..Self::default()
        }
    }

    pub(super) fn start(&mut self, request_id: &str, at: SystemTime) {
        self.id = format!("chatcmpl-{request_id}");
        let since_epoch = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.created = since_epoch.as_secs();
    }

    /// The beginning of a frame, up to the choices.
    pub(super) fn opening(&self) -> Vec<u8> {
        let mut opening = b"data: ".to_vec();
        if serde_json::to_writer(&mut opening, self).is_ok() {
            // Without the brace that ends the identity's object: the choices belong into it.
            opening.pop();
        }
        opening.extend_from_slice(b",\"choices\":");
        opening
    }
}

/// A whole answer.
#[derive(Serialize)]
pub(super) struct Completion<'a> {
    #[serde(flatten)]
    pub(super) identity: &'a Identity,
    pub(super) choices: [Choice<'a>; 1],
    pub(super) usage: CompletionUsage,
}

#[derive(Serialize)]
pub(super) struct ChunkChoice<'a> {
    pub(super) index: u8,
    pub(super) delta: Delta<'a>,
    pub(super) finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
pub(super) struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) tool_calls: &'a [ToolCall],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) annotations: &'a [Annotation],
}

#[derive(Serialize)]
pub(super) struct Choice<'a> {
    pub(super) index: u8,
    pub(super) message: Message<'a>,
    pub(super) logprobs: Option<()>,
    pub(super) finish_reason: &'static str,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: Option<&'a str>,
    pub(super) refusal: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) tool_calls: &'a [ToolCall],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) annotations: &'a [Annotation],
}

#[derive(Debug, Serialize)]
pub(super) struct ToolCall {
    index: usize,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    function: Function,
}

#[derive(Debug, Serialize)]
struct Function {
    name: String,
    arguments: String,
}

impl ToolCall {
    pub(super) fn new(index: usize, call: Call<'_>) -> Self {
        Self {
            index,
            id: call.id,
            kind: "function",
            function: Function {
                name: call.name,
                arguments: call.input.to_string(),
            },
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Annotation {
    #[serde(rename = "type")]
    kind: &'static str,
    url_citation: UrlCitation,
}

#[derive(Debug, Serialize)]
struct UrlCitation {
    start_index: i64,
    end_index: i64,
    title: String,
    url: String,
}

/// The sources of `citation` that have a location.
pub(super) fn annotations(citation: &Citation) -> Vec<Annotation> {
    let (start_index, end_index) = citation.span.unwrap_or_default();
    let sources = citation.sources.iter().filter_map(|source| {
        let url = source.location.clone()?;
        let title = source.title.clone().unwrap_or_else(|| url.clone());
        let url_citation = UrlCitation {
            start_index,
            end_index,
            title,
            url,
        };
        Some(Annotation {
            kind: "url_citation",
            url_citation,
        })
    });
    sources.collect()
}

#[expect(clippy::struct_field_names, reason = "OpenAI's names")]
#[derive(Serialize)]
pub(super) struct CompletionUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

impl From<Usage> for CompletionUsage {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.input_tokens,
            completion_tokens: usage.output_tokens,
            total_tokens: usage.total(),
        }
    }
}

/// `calls` is the number of calls that wait for the client.
pub(super) fn finish_reason(calls: usize) -> &'static str {
    if calls > 0 { "tool_calls" } else { "stop" }
}
