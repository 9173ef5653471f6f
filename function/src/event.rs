//! What can happen while an agent answers, independent of any upstream and of any wire format.

use serde::Serialize;
use serde_json::Value;

/// One step of an answer, as an upstream's mapper tells it.
///
/// Mappers tell everything; [`council`](crate::council) adds who is new and what they are doing,
/// and [`redact`](crate::redact) takes away what the client may not see.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An agent that has not been heard of before; told by the council only.
    Agent(Member),
    /// An agent does something else from now on.
    Status { agent: String, state: State },
    /// A piece of an agent's answer.
    Chunk { agent: String, content: String },
    /// A piece of what an agent says to itself.
    Reasoning { agent: String, content: String },
    /// An agent uses a tool; `input` is whole.
    ToolCall {
        agent: String,
        id: String,
        name: String,
        input: Value,
    },
    /// What a tool gave back.
    ToolResult {
        agent: String,
        id: String,
        output: Value,
        failed: bool,
    },
    /// Where a part of the answer comes from.
    Citation { agent: String, citation: Citation },
    /// A file that the agent made.
    File { agent: String, file: File },
    /// The agent asks the client to act and to answer with `returnControl` in its next request.
    ReturnControl {
        agent: String,
        invocation_id: String,
        /// Bedrock's `invocationInputs`.
        inputs: Value,
    },
    /// A step of an agent's work.
    Trace { agent: String, trace: Trace },
    /// Something that only the agent and its client know the meaning of.
    Data { agent: String, data: Value },
    /// Tokens that `agent` has spent since the last of these; the relay sums them up.
    Usage { agent: String, usage: Usage },
    /// The agent's call was throttled and is made again; the relay counts these.
    Retried,
    /// A message that this version does not know; the relay counts them.
    Unknown,
}

/// An agent as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// What every other event calls it.
    pub agent: String,
    /// For people.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Thinking,
    Answering,
    /// The judge weighs what the others said.
    Judging,
    Done,
}

/// Sources of a part of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Citation {
    /// The part of the answer that has these sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Characters of the answer, from 0, both included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(i64, i64)>,
    pub sources: Vec<Source>,
}

/// One source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// A URL, or what the store calls the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was found there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub media_type: String,
    pub bytes: bytes::Bytes,
}

/// A step of an agent's work: which, how long, how many tokens.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// For example `orchestration.modelInvocationOutput`: the upstream's own names, joined by a dot.
    pub step: &'static str,
    /// The agent this one turned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collaborator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What a guardrail did: `INTERVENED` or `NONE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrail_action: Option<String>,
    /// Bedrock's number for a step that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<i32>,
    /// Prompts, tool data, reasons: for `trace: full` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

/// Tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl Usage {
    /// Both together. The numbers are an agent's own, and may be anything.
    pub fn total(self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
    }
}
