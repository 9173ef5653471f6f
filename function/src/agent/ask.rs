//! What an agent is asked.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use super::file::File;
use super::pulse::Pulse;
use crate::caller::Known;
use crate::client_json::Json;
use crate::refusal::Refusal;
use crate::settings::TraceLevel;

/// How often a call that AWS throttles is made again.
pub const RETRIES: usize = 2;

/// The most bytes of all answers to an agent, with what was asked.
const MOST_ANSWER_BYTES: usize = 1024 * 1024;

/// A validated question.
#[derive(Clone, Default, PartialEq)]
pub struct Ask {
    /// No other question has it: the id of the invocation.
    pub id: String,
    /// May be empty where there are files.
    pub question: String,
    /// What comes with the question.
    pub files: Vec<File>,
    /// The conversation so far, oldest turn first, for upstreams that do not keep it themselves.
    pub history: Vec<Turn>,
    /// Belongs to the caller, and is valid for every upstream.
    pub session_id: String,
    /// The session id was made up for this question: no upstream has seen it before.
    pub starts_session: bool,
    /// Belongs to the caller, too.
    pub memory_id: Option<String>,
    pub session_attributes: Option<HashMap<String, String>>,
    pub prompt_session_attributes: Option<HashMap<String, String>>,
    /// Who asks, where the deployment tells its agents.
    pub caller: Option<Known>,
    pub end_session: bool,
    /// The answer to a Bedrock agent's `returnControl`.
    pub return_control: Option<ReturnControl>,
    /// The answers to everything that another agent has asked back. Shared, as `ReturnControl::results` is.
    pub responses: Arc<[Response]>,
    /// For agents that speak AG-UI, where the client does as well. Shared, as it may have megabytes.
    pub run_input: Option<Arc<RunInput>>,
    pub trace: TraceLevel,
    /// Whether the client wants to know what each message of a runtime is taken for.
    pub explain: bool,
    pub trace_context: TraceContext,
    pub patience: Patience,
    /// Tells whether the agent lives as long as it says nothing.
    pub pulse: Pulse,
}

/// One message of the conversation so far.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub text: String,
    /// Of the user's.
    pub files: Vec<File>,
}

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
}

/// What the client did when the agent asked it to act.
#[derive(Clone, PartialEq)]
pub struct ReturnControl {
    pub invocation_id: String,
    /// Bedrock's `returnControlInvocationResults`. Shared, because they may have megabytes, and a call
    /// may be made again.
    pub results: Arc<[Json]>,
}

/// What the client answers to one inquiry of the agent.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The agent's id of the inquiry.
    pub id: String,
    /// The tool that was called and its input, for agents that do not remember what they have asked.
    pub name: String,
    pub input: Json,
    pub outcome: Outcome,
}

/// How an inquiry was answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What the tool gave back, or what somebody has answered.
    Output(Json),
    /// The tool failed; why, for the agent.
    Failed(String),
    Approved,
    /// Why, for the agent.
    Denied(Option<String>),
    /// Nobody will answer.
    Cancelled,
}

/// What a client of AG-UI has sent, member by member as it was sent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RunInput {
    /// The conversation with its last question, without instructions to the agent.
    pub messages: Vec<Json>,
    pub state: Option<Json>,
    pub tools: Option<Json>,
    pub context: Option<Json>,
    pub forwarded_props: Option<Json>,
    /// The names of `tools`.
    pub tool_names: Vec<String>,
    /// It ends in the result of one of the client's own tools, or in what a graph goes on with, instead of a question.
    pub ends_in_result: bool,
}

/// Ids that join the agent's traces to ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceContext {
    /// `X-Amzn-Trace-Id` of X-Ray, from Lambda.
    pub x_ray: Option<String>,
    /// W3C `traceparent`, from the caller.
    pub traceparent: Option<String>,
    /// W3C `tracestate`, from the caller.
    pub tracestate: Option<String>,
}

/// What limits the retries of a throttled call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    /// When the answer must have ended.
    pub deadline: Option<Instant>,
    /// Which part of each longest wait is waited, in 255ths. Random, so that callers who were
    /// throttled together do not come back together.
    pub jitter: [u8; RETRIES],
}

impl Outcome {
    /// In bytes.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Output(Json(text)) | Self::Failed(text) | Self::Denied(Some(text)) => text.len(),
            Self::Approved | Self::Denied(None) | Self::Cancelled => 0,
        }
    }
}

impl Turn {
    /// Whether an agent is told nothing by it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.files.is_empty()
    }
}

impl Ask {
    /// For upstreams that give files no use case; `agent` is the name in the message.
    pub(super) fn refuse_use_cases(&self, agent: &str) -> Result<(), Refusal> {
        if self.files.iter().all(|file| file.use_case.is_none()) {
            return Ok(());
        }
        Err(Refusal::new(
            400,
            "unsupported_content",
            format!("`useCase` is for Bedrock agents; agent `{agent}` is none"),
        ))
    }

    /// The names of the tools that the client itself offers.
    pub(super) fn client_tools(&self) -> &[String] {
        self.run_input
            .as_deref()
            .map_or(&[], |input| &input.tool_names)
    }

    /// For upstreams that have no `returnControl`; `agent` is the name in the message.
    pub(super) fn refuse_return_control(&self, agent: &str) -> Result<(), Refusal> {
        match self.return_control {
            None => Ok(()),
            Some(_) => Err(Refusal::new(
                400,
                "return_control_not_supported",
                format!(
                    "agent `{agent}` is no Bedrock agent: send each of the inquiries that it has asked, \
                     with its `output`, `error` or `approved`"
                ),
            )),
        }
    }

    /// Refuses answers that are too long: on their way to the agent they are held in several forms at a time.
    pub(super) fn check_responses(&self) -> Result<(), Refusal> {
        let answers = self.responses.iter();
        let length: usize = answers
            .map(|it| it.input.0.len() + it.outcome.length())
            .sum();
        if length <= MOST_ANSWER_BYTES {
            return Ok(());
        }
        let message = format!(
            "the answers have {length} bytes together; at most {MOST_ANSWER_BYTES} are allowed"
        );
        Err(Refusal::new(413, "request_too_large", message))
    }

    /// For upstreams that ask nothing back but by `returnControl`.
    pub(super) fn refuse_responses(&self, agent: &str) -> Result<(), Refusal> {
        if self.responses.is_empty() {
            return Ok(());
        }
        let message = format!(
            "agent `{agent}` is a Bedrock agent: it wants its `returnControlInvocationResults`"
        );
        Err(Refusal::new(400, "invalid_return_control", message))
    }
}

// No question, answer or attribute may reach a log by accident: `Debug` leaves them out.

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("session_id", &self.session_id)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RunInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunInput").finish_non_exhaustive()
    }
}

impl fmt::Debug for ReturnControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnControl")
            .field("invocation_id", &self.invocation_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
