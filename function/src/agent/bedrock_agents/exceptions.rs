//! The exceptions of `InvokeAgent`, the same whether they come before the stream or in it.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentError;
use aws_sdk_bedrockagentruntime::types::error::ResponseStreamError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::event_stream::RawMessage;

use crate::agent::{AgentError, Failure};
use crate::log::chain;

/// A call that has not become a stream.
pub(super) fn refused(error: &SdkError<InvokeAgentError, Response>) -> AgentError {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    let request_id = error.request_id().map(ToOwned::to_owned);
    failed(error, code.map(by_code), request_id.as_deref())
}

/// A stream that has not come to its end.
pub(super) fn broken(
    error: &SdkError<ResponseStreamError, RawMessage>,
    request_id: Option<&str>,
) -> AgentError {
    let failure = match error {
        SdkError::ServiceError(error) => Some(by_member(error.err())),
        // A whole message that says something unheard of; one without a model has its code.
        SdkError::ResponseError(error) => match error.raw() {
            RawMessage::Decoded(message) => {
                let code = message.headers().iter().find_map(|header| {
                    let is_code = header.name().as_str() == ":error-code";
                    header.value().as_string().ok().filter(|_| is_code)
                });
                Some(code.map_or(Failure::AgentUnavailable, |code| by_code(code.as_str())))
            }
            _ => None,
        },
        _ => None,
    };
    failed(error, failure, request_id)
}

/// Puts together what is known of a failed call: `failure` when AWS named one.
fn failed<E, R>(
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
        // Its message may quote the question.
        (Failure::Rejected, _) => "ValidationException".to_owned(),
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

/// The exceptions that `InvokeAgent` answers with.
fn by_code(code: &str) -> Failure {
    match code {
        "ThrottlingException" => Failure::Throttled,
        "ServiceQuotaExceededException" => Failure::QuotaExceeded,
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidSignatureException" => Failure::AccessDenied,
        "ResourceNotFoundException" => Failure::AgentNotFound,
        "ValidationException" => Failure::Rejected,
        "ConflictException" => Failure::SessionBusy,
        "ModelNotReadyException" => Failure::ModelNotReady,
        "DependencyFailedException" | "BadGatewayException" => Failure::DependencyFailed,
        _ => Failure::AgentUnavailable,
    }
}

/// The same exceptions in the stream, where they come without a code.
fn by_member(error: &ResponseStreamError) -> Failure {
    match error {
        ResponseStreamError::ThrottlingException(_) => Failure::Throttled,
        ResponseStreamError::ServiceQuotaExceededException(_) => Failure::QuotaExceeded,
        ResponseStreamError::AccessDeniedException(_) => Failure::AccessDenied,
        ResponseStreamError::ResourceNotFoundException(_) => Failure::AgentNotFound,
        ResponseStreamError::ValidationException(_) => Failure::Rejected,
        ResponseStreamError::ConflictException(_) => Failure::SessionBusy,
        ResponseStreamError::ModelNotReadyException(_) => Failure::ModelNotReady,
        ResponseStreamError::DependencyFailedException(_)
        | ResponseStreamError::BadGatewayException(_) => Failure::DependencyFailed,
        _ => Failure::AgentUnavailable,
    }
}
