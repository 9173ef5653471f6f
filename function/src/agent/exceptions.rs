//! How calls of AWS fail, the same for every upstream and whether before the stream or in it.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{AgentError, Failure};
use crate::log::chain;

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
    let cause = match (failure, error.as_service_error()) {
        // The messages of both may quote the question.
        (Failure::Rejected, _) => "ValidationException".to_owned(),
        (Failure::AgentFailed, _) => "RuntimeClientError".to_owned(),
        (_, Some(answer)) => chain(answer),
        // Neither the whole response nor a word of the answer: the chain of causes only.
        (_, None) => chain(error),
    };
    let request_id = request_id.unwrap_or("unknown");
    AgentError {
        failure,
        cause: Some(format!("{cause} (request id {request_id})").into()),
    }
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
