//! One invocation as values: what a function is given, and what it answers.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::identity::Identity;

/// One invocation.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) identity: Identity,
    pub(crate) invoked_arn: String,
    pub(crate) event: Bytes,
    pub(crate) reply: oneshot::Sender<Result<Answer, FunctionError>>,
}

/// What a function's answer starts with; the body follows chunk by chunk.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The runtime's `content-type` header.
    pub(crate) content_type: Option<String>,
    /// Whether the runtime announced `lambda-runtime-function-response-mode: streaming`.
    pub(crate) streaming: bool,
    /// Ends after a `None`; an `Err` is the last item: the function died or ran out of time.
    pub(crate) body: mpsc::Receiver<Result<Bytes, FunctionError>>,
}

/// The function failed: it reported an error, crashed, or ran out of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub(crate) struct FunctionError {
    /// For example `Runtime.ExitError`, `Sandbox.Timedout`, or the function's own `errorType`.
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

impl FunctionError {
    pub(crate) const EXIT: &str = "Runtime.ExitError";
    pub(crate) const TIMED_OUT: &str = "Sandbox.Timedout";
    pub(crate) const SANDBOX: &str = "Sandbox.Failure";
    pub(crate) const TRUNCATED: &str = "Runtime.TruncatedResponse";
    pub(crate) const TOO_LARGE: &str = "Function.ResponseSizeTooLarge";
    pub(crate) const INVALID_ENTRYPOINT: &str = "Runtime.InvalidEntrypoint";

    /// Whether the platform broke the answer off. An error that the function itself reported
    /// behind its answer leaves the answer whole.
    pub(crate) fn breaks_off(&self) -> bool {
        [
            Self::EXIT,
            Self::TIMED_OUT,
            Self::SANDBOX,
            Self::TRUNCATED,
            Self::TOO_LARGE,
        ]
        .contains(&self.error_type.as_str())
    }
}

/// A line that a function or the platform has written to a function's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogLine {
    pub(crate) function_name: String,
    /// The ARN of the function's role, which must be allowed to write it.
    pub(crate) role: String,
    pub(crate) log_group: String,
    pub(crate) log_stream: String,
    pub(crate) timestamp_ms: i64,
    pub(crate) text: String,
}

/// What a function signs with.
#[derive(Clone)]
pub(crate) struct FunctionCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

/// Leaves out the secret.
impl std::fmt::Debug for FunctionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}
