//! What both ways into Amazon Bedrock AgentCore have in common: the client, and how calls fail.

use std::error::Error;
use std::fmt::Debug;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::config::StalledStreamProtectionConfig;
use aws_sdk_bedrockagentcore::config::retry::RetryConfig;
use aws_sdk_bedrockagentcore::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentcore::operation::RequestId;

use super::{AgentError, Failure};
use crate::log::chain;
use crate::settings::Platform;

/// A client for all agents of AgentCore, with `config`'s region and credentials.
pub fn client(config: &SdkConfig, platform: &Platform) -> Client {
    let mut config = aws_sdk_bedrockagentcore::config::Builder::from(config)
        // A run is not idempotent: the SDK must not start it a second time.
        .retry_config(RetryConfig::disabled())
        // It would end every answer that pauses for six seconds; the relay has its own limit.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(platform.agentcore_endpoint_url.clone());
    Client::from_conf(config.build())
}

/// A call that has not become a stream.
pub(super) fn refused<E, R>(error: &SdkError<E, R>) -> AgentError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
    SdkError<E, R>: RequestId,
{
    let failure = match error.as_service_error() {
        Some(answer) => answer.code().map_or(Failure::AgentUnavailable, by_code),
        None => Failure::ConnectionLost,
    };
    failed(error, failure, error.request_id())
}

/// Puts together what is known of a failed call.
pub(super) fn failed<E, R>(
    error: &SdkError<E, R>,
    failure: Failure,
    request_id: Option<&str>,
) -> AgentError
where
    E: Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let cause = match (failure, error.as_service_error()) {
        // Both may quote the question.
        (Failure::Rejected, _) => "ValidationException".to_owned(),
        (Failure::AgentFailed, _) => "RuntimeClientError".to_owned(),
        (_, Some(answer)) => chain(answer),
        (_, None) => chain(error),
    };
    let request_id = request_id.unwrap_or("unknown");
    AgentError {
        failure,
        cause: Some(format!("{cause} (request id {request_id})").into()),
    }
}

/// The exceptions of `InvokeAgentRuntime` and `InvokeHarness`.
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
        "RetryableConflictException" => Failure::SessionBusy,
        // The agent's container answered with an error, or not at all.
        "RuntimeClientError" => Failure::AgentFailed,
        _ => Failure::AgentUnavailable,
    }
}
