//! How calls of AWS fail, the same for every upstream and whether before the stream or in it.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{AgentError, Failure};
use crate::log::chain;

/// As long as a name of AWS's may be.
const LONGEST_NAME: usize = 64;

/// A call that has not become a stream.
pub(super) fn refused<E>(error: &SdkError<E, HttpResponse>) -> AgentError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    SdkError<E, HttpResponse>: RequestId,
{
    let named = error.as_service_error().map(|answer| {
        match answer.code().map_or(Failure::AgentUnavailable, by_code) {
            // A gateway in between throttles by other names, or none.
            Failure::AgentUnavailable if is_throttling(error) => Failure::Throttled,
            failure => failure,
        }
    });
    failed(error, named, error.request_id())
}

fn is_throttling<E>(error: &SdkError<E, HttpResponse>) -> bool {
    let response = error.raw_response();
    response.is_some_and(|response| response.status().as_u16() == 429)
}

/// Puts together what is known of a failed call: `failure` when AWS named one.
pub(super) fn failed<E, R>(
    error: &SdkError<E, R>,
    failure: Option<Failure>,
    request_id: Option<&str>,
) -> AgentError
where
    E: Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let failure = failure.unwrap_or(match error {
        SdkError::ServiceError(_) => Failure::AgentUnavailable,
        _ => Failure::ConnectionLost,
    });
    let cause = match error.as_service_error() {
        Some(answer) => told(&answer.to_string(), failure),
        // Neither the whole response nor a word of the answer: the chain of causes only.
        None => chain(error),
    };
    let request_id = request_id.unwrap_or("unknown");
    AgentError {
        failure,
        cause: Some(format!("{cause} (request id {request_id})").into()),
    }
}

/// What the log tells of an exception that the SDK shows as `Name: message`.
///
/// The message is AWS's own where it is about the deployment: who lacks which permission, what does
/// not exist. All others may quote the question, what a tool said or the headers that were signed;
/// of these the name has to do.
fn told(shown: &str, failure: Failure) -> String {
    let is_about_the_deployment = matches!(
        failure,
        Failure::AccessDenied
            | Failure::AgentNotFound
            | Failure::QuotaExceeded
            | Failure::Throttled
            | Failure::SessionBusy
            | Failure::ModelNotReady
    );
    // One that the SDK does not know is shown without a message, but the name may be anything.
    let unknown = shown
        .strip_prefix("unhandled error (")
        .and_then(|name| name.strip_suffix(')'));
    let name = unknown.or(shown.split(':').next()).unwrap_or_default();
    let told = match unknown {
        _ if !is_name(name) => "an exception without a proper name",
        None if is_about_the_deployment => shown,
        _ => name,
    };
    told.to_owned()
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (text.ends_with("Exception") || text.ends_with("Error"))
}

/// The exceptions of `InvokeAgent`, `InvokeAgentRuntime` and `InvokeHarness`.
pub(super) fn by_code(code: &str) -> Failure {
    match code {
        "ThrottlingException" => Failure::Throttled,
        "ServiceQuotaExceededException" => Failure::QuotaExceeded,
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidSignatureException" => Failure::AccessDenied,
        "ResourceNotFoundException" => Failure::AgentNotFound,
        "ValidationException" => Failure::Rejected,
        "ConflictException" | "RetryableConflictException" => Failure::SessionBusy,
        "ModelNotReadyException" => Failure::ModelNotReady,
        "DependencyFailedException" | "BadGatewayException" => Failure::DependencyFailed,
        // The agent's container answered with an error, or not at all.
        "RuntimeClientError" => Failure::AgentFailed,
        _ => Failure::AgentUnavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_deployment_is_logged_in_the_words_of_aws() {
        for (shown, failure, logged) in [
            (
                "AccessDeniedException: arn:aws:iam::1:role/r may not",
                Failure::AccessDenied,
                "AccessDeniedException: arn:aws:iam::1:role/r may not",
            ),
            (
                "DependencyFailedException: the tool said SECRET",
                Failure::DependencyFailed,
                "DependencyFailedException",
            ),
            // Its message quotes the signed headers, with the session's token among them.
            (
                "unhandled error (InvalidSignatureException)",
                Failure::AccessDenied,
                "InvalidSignatureException",
            ),
            (
                "unhandled error (SomethingNewException)",
                Failure::AgentUnavailable,
                "SomethingNewException",
            ),
            (
                "unhandled error (AKIASECRET)",
                Failure::AgentUnavailable,
                "an exception without a proper name",
            ),
            (
                "unhandled error",
                Failure::AgentUnavailable,
                "an exception without a proper name",
            ),
        ] {
            assert_eq!(told(shown, failure), logged);
        }
    }
}
