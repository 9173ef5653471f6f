//! The seam between the gateway and whatever produces answers, and how an answer can fail.

pub mod bedrock_agents;

use std::collections::HashMap;
use std::fmt;

use futures_util::stream::BoxStream;

use crate::event::Event;
use crate::settings::TraceLevel;

/// Something that answers a question with a stream of events.
///
/// Implementations translate one upstream and decide nothing else: no framing, no ending. The first
/// poll opens the call, and the stream ends when the upstream has ended its answer properly.
pub trait Agent: fmt::Debug + Send + Sync {
    /// Asks once. A run is not idempotent, so nothing here repeats it.
    fn ask(&self, ask: Ask) -> BoxStream<'static, Result<Event, AgentError>>;
}

/// A validated question.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    pub question: String,
    pub session_id: String,
    pub memory_id: Option<String>,
    pub session_attributes: Option<HashMap<String, String>>,
    pub prompt_session_attributes: Option<HashMap<String, String>>,
    pub end_session: bool,
    pub trace: TraceLevel,
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

/// How an answer can fail: each with a code, a sentence that is safe to show, and whether asking
/// again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Throttled,
    QuotaExceeded,
    AccessDenied,
    AgentNotFound,
    Rejected,
    SessionBusy,
    ModelNotReady,
    DependencyFailed,
    AgentUnavailable,
    ConnectionLost,
    Empty,
    Idle,
    Deadline,
    Internal,
}

impl Failure {
    /// The stable code in `error` events.
    pub fn code(self) -> &'static str {
        self.describe().0
    }

    /// One sentence for people; nothing of the cause is in it.
    pub fn message(self) -> &'static str {
        self.describe().1
    }

    /// Whether the same question may succeed when asked again.
    pub fn retryable(self) -> bool {
        self.describe().2
    }

    fn describe(self) -> (&'static str, &'static str, bool) {
        match self {
            Self::Throttled => (
                "throttled",
                "the agent is receiving too many requests; wait a moment and ask again",
                true,
            ),
            Self::QuotaExceeded => (
                "quota_exceeded",
                "a service quota of the agent's account is used up",
                false,
            ),
            Self::AccessDenied => (
                "access_denied",
                "the gateway or the agent lacks a permission; tell the operator",
                false,
            ),
            Self::AgentNotFound => (
                "agent_not_found",
                "the configured agent or alias does not exist; tell the operator",
                false,
            ),
            Self::Rejected => (
                "rejected",
                "the agent refused the request as invalid",
                false,
            ),
            Self::SessionBusy => (
                "session_busy",
                "this session is still answering another question; wait for it or use another session",
                true,
            ),
            Self::ModelNotReady => (
                "model_not_ready",
                "the agent's model is not ready yet; ask again in a minute",
                true,
            ),
            Self::DependencyFailed => (
                "dependency_failed",
                "something that the agent depends on failed",
                true,
            ),
            Self::AgentUnavailable => (
                "agent_unavailable",
                "the agent failed to answer; ask again",
                true,
            ),
            Self::ConnectionLost => (
                "connection_lost",
                "the connection to the agent broke before the answer was complete; ask again",
                true,
            ),
            Self::Empty => (
                "empty_answer",
                "the agent ended without saying anything; ask again",
                true,
            ),
            Self::Idle => (
                "idle",
                "the agent has been silent for too long and was given up; ask again",
                true,
            ),
            Self::Deadline => (
                "deadline",
                "the answer took longer than the gateway may run; ask for less, or ask again in the same session",
                true,
            ),
            Self::Internal => (
                "internal",
                "the gateway failed; ask again, and tell the operator if it stays",
                true,
            ),
        }
    }
}
