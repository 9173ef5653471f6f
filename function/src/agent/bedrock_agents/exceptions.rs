//! The exceptions inside `InvokeAgent`'s stream.

use aws_sdk_bedrockagentruntime::error::SdkError;
use aws_sdk_bedrockagentruntime::types::error::ResponseStreamError;
use aws_smithy_types::event_stream::RawMessage;

use crate::agent::exceptions::{by_code, failed};
use crate::agent::failure::{AgentError, Failure};

/// A stream that broke off.
pub(super) fn broken(
    error: &SdkError<ResponseStreamError, RawMessage>,
    request_id: Option<&str>,
) -> AgentError {
    let failure = match error {
        SdkError::ServiceError(error) => Some(by_member(error.err())),
        // An exception that the SDK has no type for: its code is in the message's headers.
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

/// An exception that the SDK has a type for comes without a code.
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
