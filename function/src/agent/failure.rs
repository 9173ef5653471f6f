//! How an answer can fail: one row each, the same whether AWS says so before the stream or in it.

use serde::Serialize;

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Too many requests, of ours or of the agent's model.
    Throttled,
    /// A quota that waiting does not refill.
    QuotaExceeded,
    /// The function's role or the agent's own lacks a permission.
    AccessDenied,
    /// What is configured does not exist, or not any more.
    AgentNotFound,
    /// AWS refused the request as invalid.
    Rejected,
    /// The session still answers another question.
    SessionBusy,
    /// The model behind the agent is still being loaded.
    ModelNotReady,
    /// A tool, a knowledge base or another service behind the agent.
    DependencyFailed,
    /// The agent's own code: its container answered with an error or raised one while streaming.
    AgentFailed,
    /// AWS failed, or said something that is not known here.
    AgentUnavailable,
    /// The stream broke before its end.
    ConnectionLost,
    /// A proper end without a word.
    Empty,
    /// Silence for longer than `GATEWAY_IDLE_TIMEOUT_SECONDS`.
    Idle,
    /// Lambda would kill the function in a few seconds.
    Deadline,
    /// A bug here.
    Internal,
}

/// Whose move it is when a request has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The caller asked for something that can't be.
    Client,
    /// The deployment lacks something.
    Operator,
    /// The agent or what it uses.
    Agent,
    /// Amazon's side of the connection.
    Aws,
    /// This program.
    Gateway,
}

impl Failure {
    /// All of them, for tables and tests.
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

    /// Whose side failed.
    pub fn side(self) -> Side {
        self.describe().3
    }

    fn describe(self) -> (&'static str, &'static str, bool, Side) {
        match self {
            Self::Throttled => (
                "throttled",
                "the agent is receiving too many requests; wait a moment and ask again",
                true,
                Side::Aws,
            ),
            Self::QuotaExceeded => (
                "quota_exceeded",
                "a service quota of the agent's account is used up",
                false,
                Side::Operator,
            ),
            Self::AccessDenied => (
                "access_denied",
                "the gateway or the agent lacks a permission; tell the operator",
                false,
                Side::Operator,
            ),
            Self::AgentNotFound => (
                "agent_not_found",
                "the configured agent or alias does not exist; tell the operator",
                false,
                Side::Operator,
            ),
            Self::Rejected => (
                "rejected",
                "the agent refused the request as invalid",
                false,
                Side::Client,
            ),
            Self::SessionBusy => (
                "session_busy",
                "this session is still answering another question; wait for it or use another session",
                true,
                Side::Client,
            ),
            Self::ModelNotReady => (
                "model_not_ready",
                "the agent's model is not ready yet; ask again in a minute",
                true,
                Side::Aws,
            ),
            Self::DependencyFailed => (
                "dependency_failed",
                "something that the agent depends on failed",
                true,
                Side::Agent,
            ),
            Self::AgentFailed => (
                "agent_failed",
                "the agent's own program failed; ask again, and tell the operator if it stays",
                true,
                Side::Agent,
            ),
            Self::AgentUnavailable => (
                "agent_unavailable",
                "the agent failed to answer; ask again",
                true,
                Side::Aws,
            ),
            Self::ConnectionLost => (
                "connection_lost",
                "the connection to the agent broke before the answer was complete; ask again",
                true,
                Side::Aws,
            ),
            Self::Empty => (
                "empty_answer",
                "the agent ended without saying anything; ask again",
                true,
                Side::Agent,
            ),
            Self::Idle => (
                "idle",
                "the agent has been silent for too long and was given up; ask again",
                true,
                Side::Agent,
            ),
            Self::Deadline => (
                "deadline",
                "the answer took longer than the gateway may run; ask for less, or ask again in the same session",
                true,
                Side::Gateway,
            ),
            Self::Internal => (
                "internal",
                "the gateway failed; ask again, and tell the operator if it stays",
                true,
                Side::Gateway,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const README: &str = include_str!("../../README.md");
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
            "function/README.md should say:\n{table}"
        );
    }

    #[test]
    fn codes_are_all_different() {
        let codes: std::collections::BTreeSet<_> = Failure::ALL.map(Failure::code).into();

        assert_eq!(codes.len(), Failure::ALL.len());
    }
}
