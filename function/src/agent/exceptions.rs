//! How calls of AWS fail: the same for every upstream, before the stream and inside it.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::failure::{AgentError, Failure};
use crate::cause::chain;

/// Longer than any name that AWS gives an exception.
const LONGEST_NAME: usize = 64;

/// A call that failed before it became a stream.
pub(super) fn not_opened<E>(error: &SdkError<E, HttpResponse>) -> AgentError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    SdkError<E, HttpResponse>: RequestId,
{
    let named = error.as_service_error().map(|exception| {
        match exception.code().map_or(Failure::AgentUnavailable, by_code) {
            // A proxy on the way names its throttling differently, or not at all.
            Failure::AgentUnavailable if has_status(error, &[429]) => Failure::Throttled,
            // AgentCore's status for an agent's own failure, and what an agent answers to a request that
            // it does not know, without AWS's name for it.
            Failure::AgentUnavailable if has_status(error, &[422, 424]) => Failure::AgentFailed,
            failure => failure,
        }
    });
    failed(error, named, error.request_id())
}

fn has_status<E>(error: &SdkError<E, HttpResponse>, statuses: &[u16]) -> bool {
    let response = error.raw_response();
    response.is_some_and(|response| statuses.contains(&response.status().as_u16()))
}

/// A failed call with its cause for the log. `failure` is what AWS named, if it named anything.
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
        Some(exception) => loggable(&exception.to_string(), failure),
        // The chain holds neither the response nor a word of the answer.
        None => chain(error),
    };
    let request_id = request_id.unwrap_or("unknown");
    AgentError::caused(failure, format!("{cause} (request id {request_id})"))
}

/// As much of an exception as the log may have; the SDK shows it as `Name: message`.
///
/// A message about the deployment stays: who lacks which permission, what does not exist. Any other
/// may quote the question, a tool's output or the signed headers, so only its name stays.
fn loggable(shown: &str, failure: Failure) -> String {
    let is_about_the_deployment = matches!(
        failure,
        Failure::AccessDenied
            | Failure::AgentNotFound
            | Failure::QuotaExceeded
            | Failure::Throttled
            | Failure::SessionBusy
            | Failure::ModelNotReady
    );
    // The SDK shows an exception that it does not know without a message, but its name may be
    // anything.
    let unknown = shown
        .strip_prefix("unhandled error (")
        .and_then(|name| name.strip_suffix(')'));
    let name = unknown.or(shown.split(':').next()).unwrap_or_default();
    let loggable = match unknown {
        _ if !is_name(name) => "an exception without a proper name",
        None if is_about_the_deployment => shown,
        _ => name,
    };
    loggable.to_owned()
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
        // The agent's container answered with an error, or gave no answer.
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
            // Its message would quote the signed headers, among them the session's token.
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
            assert_eq!(loggable(shown, failure), logged);
        }
    }
}
