//! A failed AWS request: which operation, on what, what AWS said, and what to do about it.
//!
//! The SDK's own `Display` of such an error is just "service error", so code, message and request id
//! are taken out here.

pub(super) mod answer;
mod denial;
mod hints;
mod overtaken;
mod reasons;

use std::error::Error;
use std::time::Duration;

use aws_sdk_lambda::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::limit::Timeout;
use crate::hint::Hint;
use crate::terminal::redact::redacted;
use answer::{AGAIN, Answer};

/// A request to AWS that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    #[error("AWS refused `{operation}` for {resource}")]
    Refused {
        operation: &'static str,
        resource: String,
        #[source]
        answer: Answer,
    },
    #[error("no answer to `{operation}` for {resource}")]
    Unanswered {
        operation: &'static str,
        resource: String,
        #[source]
        reason: Reason,
    },
    #[error("there are no credentials for AWS")]
    NoCredentials(#[source] Reason),
    #[error("no answer to `{operation}` for {resource} within {} s{}", limit.as_secs(), tries(*attempts))]
    TooLate {
        operation: &'static str,
        resource: String,
        /// Of each attempt.
        limit: Duration,
        attempts: u32,
    },
    #[error("`{operation}` for {resource} answered without {missing}")]
    Incomplete {
        operation: &'static str,
        resource: String,
        missing: &'static str,
    },
    #[error("the tags of function `{function}` could not be read ({code}: {message})")]
    TagsHidden {
        function: String,
        code: String,
        message: String,
    },
    #[error("somebody else is deploying `{function}` at this moment: it is not as it was found")]
    Overtaken { function: String },
    #[error("{resource} failed to become ready: {reason} ({code})")]
    NeverReady {
        resource: String,
        /// Of AWS: `StateReasonCode` or `LastUpdateStatusReasonCode`.
        code: String,
        reason: String,
    },
    #[error("{resource} was not ready after {} s: {last}", waited.as_secs())]
    StillBusy {
        resource: String,
        waited: Duration,
        last: String,
    },
}

/// Why there was no answer: the chain of causes in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reason(String);

impl AwsError {
    /// Takes apart what the SDK returned for `operation` (in IAM's spelling) on `resource`.
    pub(super) fn new<E>(
        operation: &'static str,
        resource: impl Into<String>,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let resource = resource.into();
        match error {
            SdkError::ServiceError(service) => {
                let metadata = service.err().meta();
                Self::Refused {
                    operation,
                    resource,
                    answer: Answer {
                        code: metadata.code().map_or_else(
                            || format!("HTTP {}", service.raw().status()),
                            str::to_owned,
                        ),
                        message: redacted(metadata.message().unwrap_or("no message")),
                        request_id: metadata.request_id().map(str::to_owned),
                    },
                }
            }
            other => {
                if let Some(exceeded) = other.source().and_then(<dyn Error>::downcast_ref) {
                    return Self::too_late(operation, resource, *exceeded);
                }
                let reason = Reason(causes(other));
                Self::Unanswered {
                    operation,
                    resource,
                    reason,
                }
            }
        }
    }

    /// What AWS answered to a request that no SDK client has made.
    pub(super) fn refused(
        operation: &'static str,
        resource: impl Into<String>,
        mut answer: Answer,
    ) -> Self {
        let resource = resource.into();
        answer.message = redacted(&answer.message);
        Self::Refused {
            operation,
            resource,
            answer,
        }
    }

    /// There was no answer to such a request.
    pub(super) fn unanswered(
        operation: &'static str,
        resource: impl Into<String>,
        error: &(dyn Error + 'static),
    ) -> Self {
        let resource = resource.into();
        let reason = Reason(causes(error));
        Self::Unanswered {
            operation,
            resource,
            reason,
        }
    }

    /// Nothing to sign with was found.
    pub(crate) fn no_credentials(error: &(dyn Error + 'static)) -> Self {
        Self::NoCredentials(Reason(causes(error)))
    }

    /// AWS has not answered in time.
    pub(super) fn too_late(
        operation: &'static str,
        resource: impl Into<String>,
        Timeout { limit, attempts }: Timeout,
    ) -> Self {
        Self::TooLate {
            operation,
            resource: resource.into(),
            limit,
            attempts,
        }
    }

    /// An answer, or nothing if AWS says that there is no such resource.
    pub(super) fn found<T, E>(
        operation: &'static str,
        resource: &str,
        result: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Option<T>, Self>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match result.map_err(|error| Self::new(operation, resource, &error)) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deleting something that is not there has reached its goal.
    pub(super) fn gone(result: Result<(), Self>) -> Result<(), Self> {
        match result {
            Err(error) if error.is_not_found() => Ok(()),
            other => other,
        }
    }

    /// AWS's code, if AWS answered.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { answer, .. } => Some(&answer.code),
            _ => None,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Refused { answer, .. } => &answer.message,
            _ => "",
        }
    }

    /// There is no such resource.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(
            self.code(),
            Some("ResourceNotFoundException" | "NoSuchEntity" | "NoSuchEntityException")
        )
    }

    /// Asking again later may help: AWS is busy, or the way to it is interrupted.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unanswered { reason, .. } => !hints::is_about_credentials(&reason.0),
            Self::TooLate { .. } => true,
            Self::Refused { answer, .. } => hints::is_passing(&answer.code),
            _ => false,
        }
    }

    /// AWS may have made the change all the same: its answer was lost, or the refusal is about a request
    /// that the SDK had sent before.
    pub(super) fn may_be_done(&self) -> bool {
        match self {
            Self::Unanswered { .. } | Self::TooLate { .. } => true,
            _ => matches!(
                self.code(),
                Some("PreconditionFailedException" | "ResourceConflictException")
            ),
        }
    }

    /// Another operation on the same function has not finished. A 409 may also mean "exists
    /// already", which waiting does not change.
    pub(super) fn is_update_in_progress(&self) -> bool {
        self.code() == Some("ResourceConflictException")
            && self.message().to_ascii_lowercase().contains("in progress")
    }

    /// A role that was just made is not known everywhere yet.
    pub(super) fn is_role_not_assumable_yet(&self) -> bool {
        self.code() == Some("InvalidParameterValueException")
            && self.message().contains("cannot be assumed")
    }
}

fn tries(attempts: u32) -> String {
    if attempts > 1 {
        format!(", {attempts} times")
    } else {
        String::new()
    }
}

/// The SDK's chain of causes, without its repetitions and the dump of the whole response.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if causes.last().is_none_or(|last| !last.contains(&text)) {
            causes.push(text);
        }
        next = error.source();
    }
    redacted(&without_unused_sources(&causes.join(": ")))
}

/// Where the SDK has looked for credentials it lists, a line each. What is not set up says nothing.
fn without_unused_sources(reason: &str) -> String {
    let is_unused = |line: &str| line.contains(": the credential provider was not enabled");
    let mut lines = reason.lines();
    let first = lines.next().unwrap_or_default();
    let used: Vec<&str> = lines.filter(|line| !is_unused(line)).collect();
    if used.is_empty() {
        return first.trim_end_matches(" Attempted:").to_owned();
    }
    format!("{first}\n{}", used.join("\n"))
}

impl Hint for AwsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused {
                operation, answer, ..
            } => hints::of_refusal(operation, answer),
            Self::Unanswered {
                reason: Reason(reason),
                ..
            }
            | Self::NoCredentials(Reason(reason)) => Some(hints::of_silence(reason)),
            Self::TooLate {
                operation, limit, ..
            } => Some(hints::of_lateness(operation, *limit)),
            Self::Incomplete { .. } => {
                Some("whatever answers there is not AWS: check `--endpoint-url`".to_owned())
            }
            Self::TagsHidden { .. } => Some(
                "allow `lambda:ListTags`: by its tags the function is known to be ours".to_owned(),
            ),
            Self::Overtaken { .. } => Some(AGAIN.to_owned()),
            Self::NeverReady { code, .. } => Some(reasons::hint(code).to_owned()),
            Self::StillBusy { .. } => {
                Some("run the same command again in a few minutes".to_owned())
            }
        }
    }
}
