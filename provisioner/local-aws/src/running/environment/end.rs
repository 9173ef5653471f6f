//! How an invocation ends, in Lambda's words.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use super::log::Status;
use crate::running::invocation::FunctionError;

/// How one invocation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The function answered and asks for more.
    Answered,
    /// The function reported an error and asks for more.
    Failed,
    Exited(Option<ExitStatus>),
    TimedOut,
}

impl End {
    /// The error that ended the process, in Lambda's words.
    pub(super) fn error(self, request_id: &str, timeout: Duration) -> Option<FunctionError> {
        let (error_type, message) = match self {
            Self::Answered | Self::Failed => return None,
            Self::Exited(status) => (FunctionError::EXIT, exit_message(status)),
            Self::TimedOut => (FunctionError::TIMED_OUT, timeout_message(timeout)),
        };
        Some(FunctionError {
            error_type: error_type.to_owned(),
            error_message: format!("RequestId: {request_id} Error: {message}"),
        })
    }

    pub(super) fn status(self) -> Status<'static> {
        match self {
            Self::Answered => Status::Success,
            Self::Failed => Status::Error {
                error_type: "Function.Error",
            },
            Self::Exited(_) => Status::Error {
                error_type: FunctionError::EXIT,
            },
            Self::TimedOut => Status::Timeout,
        }
    }
}

pub(super) fn exit_message(status: Option<ExitStatus>) -> String {
    let mut message = "Runtime exited".to_owned();
    let reason = status.map(|status| (status.code(), status.signal()));
    // Writing to a string cannot fail.
    let _ = match reason {
        Some((Some(code), _)) if code != 0 => write!(message, " with error: exit status {code}"),
        Some((_, Some(9))) => write!(message, " with error: signal: killed"),
        Some((_, Some(signal))) => write!(message, " with error: signal {signal}"),
        _ => write!(message, " without providing a reason"),
    };
    message
}

pub(super) fn timeout_message(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_lambdas_words() {
        let told = |end: End| {
            let error = end.error("r-1", Duration::from_secs(3));
            error.map(|error| format!("{} / {}", error.error_type, error.error_message))
        };
        let exited = |raw| End::Exited(Some(ExitStatus::from_raw(raw)));

        for (end, words) in [
            (
                exited(1 << 8),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited with error: exit status 1",
            ),
            (
                exited(0),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited without providing a reason",
            ),
            (
                exited(9),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited with error: signal: killed",
            ),
            (
                End::TimedOut,
                "Sandbox.Timedout / RequestId: r-1 Error: Task timed out after 3.00 seconds",
            ),
        ] {
            assert_eq!(told(end).as_deref(), Some(words));
        }
        assert_eq!(told(End::Answered), None);
        assert_eq!(told(End::Failed), None);
    }
}
