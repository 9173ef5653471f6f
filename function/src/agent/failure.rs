//! How an answer can fail: one row each, whether AWS says so before the stream or inside it.

use serde::Serialize;

use crate::cause::Cause;

/// A way to fail, named by what the client can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Too many requests to the agent, or to its model.
    Throttled,
    /// A quota that does not refill by waiting.
    QuotaExceeded,
    /// The function's role or the agent's own lacks a permission.
    AccessDenied,
    /// The configured agent does not exist, or no longer does.
    AgentNotFound,
    /// AWS refused the request as invalid.
    Rejected,
    /// The session is still answering another question.
    SessionBusy,
    /// The model behind the agent is still being loaded.
    ModelNotReady,
    /// A tool, a knowledge base or another service behind the agent failed.
    DependencyFailed,
    /// The agent's own code: its container answered with an error or raised one while streaming.
    AgentFailed,
    /// AWS failed, or named an exception that this version does not know.
    AgentUnavailable,
    /// The stream broke off before its end.
    ConnectionLost,
    /// The stream ended properly but said nothing.
    Empty,
    /// The agent was silent for longer than `GATEWAY_IDLE_TIMEOUT_SECONDS`.
    Idle,
    /// Lambda would kill the function in a few seconds.
    Deadline,
    /// A bug in this program.
    Internal,
}

/// Whose side failed, which is whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The caller asked for something impossible.
    Client,
    /// The deployment lacks something.
    Operator,
    /// The agent, or a service that it uses.
    Agent,
    /// AWS, or the connection to it.
    Aws,
    /// This program.
    Gateway,
}

/// What clients are told of a failure: a row of the README's table.
struct Description {
    code: &'static str,
    retryable: bool,
    side: Side,
    message: &'static str,
}

/// An answer that failed.
#[derive(Debug)]
pub struct AgentError {
    pub failure: Failure,
    /// For the log, never for the client.
    pub cause: Option<Box<Cause>>,
}

impl From<Failure> for AgentError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            cause: None,
        }
    }
}

impl AgentError {
    /// A failure with the error behind it.
    pub(super) fn caused(failure: Failure, cause: impl Into<Box<Cause>>) -> Self {
        Self {
            failure,
            cause: Some(cause.into()),
        }
    }
}

impl Failure {
    /// All failures, for tests.
    pub const ALL: [Self; 15] = [
        Self::Throttled,
        Self::QuotaExceeded,
        Self::AccessDenied,
        Self::AgentNotFound,
        Self::Rejected,
        Self::SessionBusy,
        Self::ModelNotReady,
        Self::DependencyFailed,
        Self::AgentFailed,
        Self::AgentUnavailable,
        Self::ConnectionLost,
        Self::Empty,
        Self::Idle,
        Self::Deadline,
        Self::Internal,
    ];

    /// The code in `error` events; it never changes its meaning.
    pub fn code(self) -> &'static str {
        self.describe().code
    }

    /// One sentence for people, without anything of the cause.
    pub fn message(self) -> &'static str {
        self.describe().message
    }

    /// Whether the same question may succeed when it is asked again.
    pub fn retryable(self) -> bool {
        self.describe().retryable
    }

    /// Whose side failed.
    pub fn side(self) -> Side {
        self.describe().side
    }

    fn describe(self) -> Description {
        match self {
            Self::Throttled => Description {
                code: "throttled",
                retryable: true,
                side: Side::Aws,
                message: "the agent is receiving too many requests; wait a moment and ask again",
            },
            Self::QuotaExceeded => Description {
                code: "quota_exceeded",
                retryable: false,
                side: Side::Operator,
                message: "a service quota of the agent's account is used up",
            },
            Self::AccessDenied => Description {
                code: "access_denied",
                retryable: false,
                side: Side::Operator,
                message: "the gateway or the agent lacks a permission; tell the operator",
            },
            Self::AgentNotFound => Description {
                code: "agent_not_found",
                retryable: false,
                side: Side::Operator,
                message: "the configured agent or alias does not exist; tell the operator",
            },
            Self::Rejected => Description {
                code: "rejected",
                retryable: false,
                side: Side::Client,
                message: "the agent refused the request as invalid",
            },
            Self::SessionBusy => Description {
                code: "session_busy",
                retryable: true,
                side: Side::Client,
                message: "this session is still answering another question; wait for it or use another session",
            },
            Self::ModelNotReady => Description {
                code: "model_not_ready",
                retryable: true,
                side: Side::Aws,
                message: "the agent's model is not ready yet; ask again in a minute",
            },
            Self::DependencyFailed => Description {
                code: "dependency_failed",
                retryable: true,
                side: Side::Agent,
                message: "something that the agent depends on failed",
            },
            Self::AgentFailed => Description {
                code: "agent_failed",
                retryable: true,
                side: Side::Agent,
                message: "the agent's own program failed; ask again, and tell the operator if it stays",
            },
            Self::AgentUnavailable => Description {
                code: "agent_unavailable",
                retryable: true,
                side: Side::Aws,
                message: "the agent failed to answer; ask again",
            },
            Self::ConnectionLost => Description {
                code: "connection_lost",
                retryable: true,
                side: Side::Aws,
                message: "the connection to the agent broke before the answer was complete; ask again",
            },
            Self::Empty => Description {
                code: "empty_answer",
                retryable: true,
                side: Side::Agent,
                message: "the agent ended without saying anything; ask again",
            },
            Self::Idle => Description {
                code: "idle",
                retryable: true,
                side: Side::Agent,
                message: "the agent has been silent for too long and was given up; ask again",
            },
            Self::Deadline => Description {
                code: "deadline",
                retryable: true,
                side: Side::Gateway,
                message: "the answer took longer than the gateway may run; ask for less, or ask again in the same session",
            },
            Self::Internal => Description {
                code: "internal",
                retryable: true,
                side: Side::Gateway,
                message: "the gateway failed; ask again, and tell the operator if it stays",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const README: &str = include_str!("../../../README.md");
    const HEAD: &str =
        "| `error` | retry? | whose side | what the client is told |\n|---|---|---|---|\n";

    #[test]
    fn the_readme_lists_every_failure_and_no_other() {
        let mut table = HEAD.to_owned();
        for failure in Failure::ALL {
            let side = serde_json::to_value(failure.side()).unwrap();
            writeln!(
                table,
                "| `{}` | {} | {} | {} |",
                failure.code(),
                if failure.retryable() { "yes" } else { "no" },
                side.as_str().unwrap(),
                failure.message(),
            )
            .unwrap();
        }

        assert!(
            README.contains(&format!("{table}\n")),
            "README.md should say:\n{table}"
        );
    }

    #[test]
    fn codes_are_all_different() {
        let codes: std::collections::BTreeSet<_> = Failure::ALL.map(Failure::code).into();

        assert_eq!(codes.len(), Failure::ALL.len());
    }
}
