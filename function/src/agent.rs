//! The seam between the gateway and whatever produces answers.

pub mod agentcore;
pub mod agentcore_runtime;
mod answer;
pub mod bedrock_agents;
mod configured;
mod exceptions;
mod failure;
pub mod harness;
pub mod retry;
mod trace_headers;
mod whole_messages;

use std::collections::HashMap;
use std::fmt;

use futures_util::stream::BoxStream;
use serde_json::Value;

pub use configured::configured;
pub use failure::{Failure, Side};

use self::retry::Patience;
use crate::event::Event;
use crate::settings::TraceLevel;

/// Something that answers a question with a stream of events.
///
/// Implementations translate one upstream and decide nothing else: no framing, no ending, no
/// redaction. The first poll opens the call, and the stream ends when the upstream has ended its
/// answer properly.
pub trait Agent: fmt::Debug + Send + Sync {
    /// Asks once. A run is not idempotent, so nothing repeats it; see [`retry`].
    fn ask(&self, ask: Ask) -> BoxStream<'static, Result<Event, AgentError>>;
}

/// A validated question.
#[derive(Clone, Default, PartialEq)]
pub struct Ask {
    pub question: String,
    /// What was said before, for upstreams that keep no session of it; oldest first.
    pub history: Vec<Turn>,
    /// Scoped to the caller and valid for every upstream.
    pub session_id: String,
    /// The session was made up for this question: no upstream knows anything of it.
    pub starts_session: bool,
    /// Scoped to the caller.
    pub memory_id: Option<String>,
    pub session_attributes: Option<HashMap<String, String>>,
    pub prompt_session_attributes: Option<HashMap<String, String>>,
    pub end_session: bool,
    /// Answers to a `returnControl` event.
    pub return_control: Option<ReturnControl>,
    pub trace: TraceLevel,
    pub trace_context: TraceContext,
    /// What limits the tries of a call that AWS throttles.
    pub patience: Patience,
}

/// One message of the conversation so far.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub text: String,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
}

/// What the client did when the agent asked it to act.
#[derive(Clone, PartialEq)]
pub struct ReturnControl {
    pub invocation_id: String,
    /// Bedrock's `returnControlInvocationResults`.
    pub results: Vec<Value>,
}

/// Ids that let the agent's traces be found from ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceContext {
    /// `X-Amzn-Trace-Id` of X-Ray, from Lambda.
    pub x_ray: Option<String>,
    /// W3C `traceparent`, from the caller.
    pub traceparent: Option<String>,
    /// W3C `tracestate`, from the caller.
    pub tracestate: Option<String>,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReturnControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnControl")
            .field("invocation_id", &self.invocation_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Ask {
    /// Without the question and the attributes: they must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("session_id", &self.session_id)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}

/// An answer that failed, classified by what the client can do about it.
#[derive(Debug)]
pub struct AgentError {
    pub failure: Failure,
    /// For the log, never for the client.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl From<Failure> for AgentError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            cause: None,
        }
    }
}
