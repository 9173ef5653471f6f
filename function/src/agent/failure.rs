//! How an answer can fail: one row each, whether AWS says so before the stream or inside it.

use serde::Serialize;

use crate::cause::Cause;

/// Makes the enum, the list and the descriptions of one table, so that no failure can lack a part.
macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident: $code:literal, retryable: $retryable:literal, $side:ident,
        $message:literal;)*) => {
        /// A way to fail, named by what the client can do about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Failure {
            $($(#[$doc])* $name,)*
        }

        impl Failure {
            /// All failures, for tests.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What clients are told of the failure.
            pub fn describe(self) -> Description {
                match self {
                    $(Self::$name => Description {
                        code: $code,
                        retryable: $retryable,
                        side: Side::$side,
                        message: $message,
                    },)*
                }
            }
        }
    };
}

failures! {
    /// Too many requests to the agent, or to its model.
    Throttled: "throttled", retryable: true, Aws,
        "the agent is receiving too many requests; wait a moment and ask again";
    /// A quota that does not refill by waiting.
    QuotaExceeded: "quota_exceeded", retryable: false, Operator,
        "a service quota of the agent's account is used up";
    /// The function's role or the agent's own lacks a permission.
    AccessDenied: "access_denied", retryable: false, Operator,
        "the gateway or the agent lacks a permission; tell the operator";
    /// The configured agent does not exist, or no longer does.
    AgentNotFound: "agent_not_found", retryable: false, Operator,
        "the configured agent or alias does not exist; tell the operator";
    /// AWS refused the request as invalid.
    Rejected: "rejected", retryable: false, Client,
        "the agent refused the request as invalid";
    /// The session is still answering another question.
    SessionBusy: "session_busy", retryable: true, Client,
        "this session is still answering another question; wait for it or use another session";
    /// The model behind the agent is still being loaded.
    ModelNotReady: "model_not_ready", retryable: true, Aws,
        "the agent's model is not ready yet; ask again in a minute";
    /// A tool, a knowledge base or another service behind the agent failed.
    DependencyFailed: "dependency_failed", retryable: true, Agent,
        "something that the agent depends on failed";
    /// The agent's own code: its container answered with an error or raised one while streaming.
    AgentFailed: "agent_failed", retryable: true, Agent,
        "the agent's own program failed; ask again, and tell the operator if it stays";
    /// AWS failed, or named an exception that this version does not know.
    AgentUnavailable: "agent_unavailable", retryable: true, Aws,
        "the agent failed to answer; ask again";
    /// The stream broke off before its end.
    ConnectionLost: "connection_lost", retryable: true, Aws,
        "the connection to the agent broke before the answer was complete; ask again";
    /// The stream ended properly but said nothing.
    Empty: "empty_answer", retryable: true, Agent,
        "the agent ended without saying anything; ask again";
    /// The agent was silent for longer than `GATEWAY_IDLE_TIMEOUT_SECONDS`.
    Idle: "idle", retryable: true, Agent,
        "the agent has been silent for too long and was given up; ask again";
    /// Lambda would kill the function in a few seconds.
    Deadline: "deadline", retryable: true, Gateway,
        "the answer took longer than the gateway may run; ask for less, or ask again in the same session";
    /// A bug in this program.
    Internal: "internal", retryable: true, Gateway,
        "the gateway failed; ask again, and tell the operator if it stays";
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Description {
    pub code: &'static str,
    /// One sentence for people, without anything of the cause.
    pub message: &'static str,
    /// The same question may succeed when it is asked again.
    pub retryable: bool,
    pub side: Side,
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
    /// The code in `error` events; it never changes its meaning.
    pub fn code(self) -> &'static str {
        self.describe().code
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
            let Description {
                code,
                message,
                retryable,
                side,
            } = failure.describe();
            let side = serde_json::to_value(side).unwrap();
            writeln!(
                table,
                "| `{code}` | {} | {} | {message} |",
                if retryable { "yes" } else { "no" },
                side.as_str().unwrap(),
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
        let codes = Failure::ALL.iter().map(|failure| failure.code());
        let codes: std::collections::BTreeSet<_> = codes.collect();

        assert_eq!(codes.len(), Failure::ALL.len());
    }
}
