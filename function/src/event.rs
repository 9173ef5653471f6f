//! What can happen while an agent answers, independent of any upstream and of any wire format.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of an answer.
///
/// The mapper of an upstream makes events of everything; [`council`](crate::council) adds who is new
/// and what each agent is doing, and [`redact`](crate::redact) removes what the client may not see.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An agent that is new in this answer. Only the council makes these.
    Agent(Member),
    /// An agent begins to do something else.
    Status {
        agent: String,
        state: State,
    },
    /// A piece of an agent's answer.
    Chunk {
        agent: String,
        content: String,
    },
    /// A piece of an agent's reasoning.
    Reasoning {
        agent: String,
        content: String,
    },
    /// The agent begins to call a tool; the input follows in pieces, and the [`ToolCall`] when it is whole.
    CallBegins {
        agent: String,
        id: String,
        name: String,
    },
    /// A piece of the input of the call `id`: JSON when all pieces are there.
    CallInput {
        agent: String,
        id: String,
        piece: String,
    },
    ToolCall(ToolCall),
    /// The same, of a tool that the client offers and executes: it has to see the input.
    ClientCall(ToolCall),
    ToolResult(ToolResult),
    /// The sources of a part of the answer.
    Citation {
        agent: String,
        citation: Citation,
    },
    /// A file that the agent made.
    File {
        agent: String,
        file: File,
    },
    AskBack(AskBack),
    /// A step of an agent's work.
    Trace {
        agent: String,
        trace: Trace,
    },
    /// Data whose meaning only the agent and its client know.
    Data {
        agent: String,
        data: Value,
    },
    /// What the agent tells next is in its own message of this id; an empty id ends that. For clients that speak
    /// the agent's protocol.
    InMessage {
        agent: String,
        id: String,
    },
    /// An event that nobody needs but a client that speaks the agent's protocol, which gets it as it is.
    Foreign {
        agent: String,
        event: Value,
        /// It may have prompts and the data of tools in it.
        is_internal: bool,
    },
    /// What a message of a runtime was taken for; before what became of it.
    Explanation(Explanation),
    /// Tokens that `agent` has spent since its last such event; the relay sums them up.
    Usage {
        agent: String,
        usage: Usage,
    },
    /// The call of the agent was throttled and is made again; the relay counts these.
    Retried,
    /// A message that this version does not know; the relay counts these.
    Unknown,
    /// The same, with the reason for the log.
    Unread(&'static str),
}

impl Event {
    /// The agent that the event is about; `None` for events that are about no single agent's work.
    pub fn agent(&self) -> Option<&str> {
        match self {
            Self::Status { agent, .. }
            | Self::Chunk { agent, .. }
            | Self::Reasoning { agent, .. }
            | Self::ToolCall(ToolCall { agent, .. })
            | Self::ClientCall(ToolCall { agent, .. })
            | Self::ToolResult(ToolResult { agent, .. })
            | Self::Citation { agent, .. }
            | Self::File { agent, .. }
            | Self::AskBack(AskBack { agent, .. })
            | Self::CallBegins { agent, .. }
            | Self::CallInput { agent, .. }
            | Self::Trace { agent, .. }
            | Self::Data { agent, .. }
            | Self::InMessage { agent, .. }
            | Self::Foreign { agent, .. }
            | Self::Usage { agent, .. } => Some(agent),
            Self::Agent(_)
            | Self::Explanation(_)
            | Self::Retried
            | Self::Unknown
            | Self::Unread(_) => None,
        }
    }
}

/// An agent, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The agent's name in all other events.
    pub agent: String,
    /// The agent's name for people.
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
    /// A judge weighs what the others have said.
    Judging,
    Done,
}

/// An agent uses a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolCall {
    #[serde(skip)]
    pub agent: String,
    pub id: String,
    pub name: String,
    /// All of it; `null` where the client may not see it.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub input: Value,
}

/// The output of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolResult {
    #[serde(skip)]
    pub agent: String,
    /// The id of the call.
    pub id: String,
    /// `null` where the client may not see it.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub output: Value,
    pub failed: bool,
}

impl ToolResult {
    /// The output for clients to which every output is a text.
    pub fn text(&self) -> String {
        match &self.output {
            Value::Null if self.failed => "the tool failed".to_owned(),
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// The agent asks its client back, and goes on when the next request has the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct AskBack {
    pub agent: String,
    pub asked: Asked,
}

/// All that an agent waits for at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// What Bedrock calls `returnControl`, in the words of its API.
    ReturnControl {
        invocation_id: String,
        /// Bedrock's `invocationInputs`.
        inputs: Value,
    },
    Inquiries(Vec<Inquiry>),
}

/// One thing that an agent asks its client.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inquiry {
    /// The agent's own id, which comes back with the answer.
    pub id: String,
    pub kind: InquiryKind,
    /// The name of the tool, or what the agent calls its question.
    pub name: String,
    /// The input of the call; or what is to be known for an answer.
    pub input: Value,
    /// A sentence for people.
    pub message: Option<String>,
    /// The JSON Schema of the answer.
    pub schema: Option<Value>,
    /// The id of the agent's call that it is about.
    pub tool_call_id: Option<String>,
    /// When nobody waits for an answer any more, as the agent has written it.
    pub expires_at: Option<String>,
    /// Clients of AG-UI have it already, in an event of the agent's own, and answer in that event's way.
    pub is_told_in_ag_ui: bool,
}

/// What an inquiry asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InquiryKind {
    /// A tool is called that is the client's to execute.
    Call,
    /// May the agent use a tool of its own?
    Approval,
    /// Anything else that a person can answer.
    #[default]
    Question,
}

/// Sources of a part of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Citation {
    /// The part of the answer that has these sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The first and the last character of the part, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(i64, i64)>,
    pub sources: Vec<Source>,
}

/// One source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// A URL, or the store's name for the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text that was found there.
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

/// A step of an agent's work: which it was, how long it took, how many tokens it used.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The upstream's own names, joined by dots, for example `orchestration.modelInvocationOutput`.
    pub step: &'static str,
    /// The agent that this one asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collaborator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What a guardrail did: `INTERVENED` or `NONE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrail_action: Option<String>,
    /// Bedrock's number for the failure of a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<i32>,
    /// Prompts, the data of tools, reasons: for `trace: full` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

/// What one message of a runtime was taken for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Its number, from 1.
    pub message: u64,
    /// Of the whole answer; at the first message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How the message was found in the body.
    pub framing: &'static str,
    /// What says so: `content type` or `first bytes`.
    pub framed_by: &'static str,
    pub bytes: usize,
    /// In whose way of speaking it was read.
    pub vocabulary: &'static str,
    pub became: Vec<Became>,
    /// The JSON Pointer of what may be text in a message that nobody knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// How the message begins: for `trace: full` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// What became of a part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Became {
    pub what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// Tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl Usage {
    /// Both together. Saturates: the agent's numbers may be anything.
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
