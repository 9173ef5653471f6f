//! How calls of AWS fail, the same for every upstream and whether before the stream or in it.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;

use super::{AgentError, Failure};
use crate::log::chain;

/// A call that has not become a stream.
pub(super) fn refused<E, R>(error: &SdkError<E, R>) -> AgentError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
    SdkError<E, R>: RequestId,
{
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    failed(error, code.map(by_code), error.request_id())
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
