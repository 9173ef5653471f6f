//! What can happen while an agent answers, independent of any upstream and of any wire format.

use serde::Serialize;

/// One step of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An agent of the council does something else from now on.
    Status { agent: String, state: State },
    /// A piece of an agent's text.
    Chunk { agent: String, content: String },
    /// A step of an agent's work, without its texts.
    Trace { agent: String, trace: TraceSummary },
    /// Tokens spent since the last of these; the relay sums them up.
    Usage(Usage),
}

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Thinking,
    Answering,
    /// The supervisor weighs what the others said.
    Judging,
    Done,
}

/// A step of an agent's work: which, how long, how many tokens; never a prompt or a tool's data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceSummary {
    /// For example `orchestration.modelInvocationOutput`: Bedrock's own names, joined by a dot.
    pub step: &'static str,
    /// The agent this one turned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collaborator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Bedrock's number for a step that failed; its reason may quote the prompt and stays away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<i32>,
}

/// Tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
    }
}
