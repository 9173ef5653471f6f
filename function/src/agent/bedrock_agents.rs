//! Bedrock Agents (`InvokeAgent`): opens the call and hands each message to the mapper.

mod map;
mod text;

use std::collections::VecDeque;
use std::fmt::Debug;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::config::StalledStreamProtectionConfig;
use aws_sdk_bedrockagentruntime::config::retry::RetryConfig;
use aws_sdk_bedrockagentruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentOutput;
use aws_sdk_bedrockagentruntime::types::error::ResponseStreamError;
use aws_sdk_bedrockagentruntime::types::{SessionState, StreamingConfigurations};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::{Agent, AgentError, Ask, Failure};
use crate::event::Event;
use crate::log::chain;
use crate::settings::Platform;
use map::Mapper;

/// One alias of one agent.
#[derive(Debug, Clone)]
pub struct BedrockAgent {
    client: Client,
    agent_id: String,
    agent_alias_id: String,
    name: String,
}

impl BedrockAgent {
    /// An alias of an agent that clients know as `name`, called with `config`'s region and
    /// credentials.
    pub fn new(
        config: &SdkConfig,
        platform: &Platform,
        agent_id: &str,
        agent_alias_id: &str,
        name: &str,
    ) -> Self {
        let mut config = aws_sdk_bedrockagentruntime::config::Builder::from(config)
            // A run is not idempotent: the SDK must not start it a second time.
            .retry_config(RetryConfig::disabled())
            // A council is silent for long; the relay has its own limit.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(platform.bedrock_endpoint_url.clone());
        Self {
            client: Client::from_conf(config.build()),
            agent_id: agent_id.to_owned(),
            agent_alias_id: agent_alias_id.to_owned(),
            name: name.to_owned(),
        }
    }

    async fn open(&self, ask: Ask) -> Result<Answer, AgentError> {
        let mapper = Mapper::new(self.name.clone());
        let session_state = SessionState::builder()
            .set_session_attributes(ask.session_attributes)
            .set_prompt_session_attributes(ask.prompt_session_attributes)
            .build();
        // Without this, AWS sends the whole answer as one chunk.
        let streaming = StreamingConfigurations::builder()
            .stream_final_response(true)
            .build();
        let output = self
            .client
            .invoke_agent()
            .agent_id(&self.agent_id)
            .agent_alias_id(&self.agent_alias_id)
            .session_id(ask.session_id)
            .input_text(ask.question)
            // Who speaks and what it costs is told in traces only; the mapper keeps their texts away.
            .enable_trace(true)
            .end_session(ask.end_session)
            .set_memory_id(ask.memory_id)
            .session_state(session_state)
            .streaming_configurations(streaming)
            .send()
            .await
            .map_err(|error| {
                let request_id = error.request_id().map(ToOwned::to_owned);
                let code = error
                    .as_service_error()
                    .and_then(ProvideErrorMetadata::code);
                let failure = code.map(by_code);
                failed(&error, failure, request_id.as_deref())
            })?;
        Ok(Answer {
            output,
            mapper,
            mapped: VecDeque::new(),
            ended: false,
        })
    }
}

impl Agent for BedrockAgent {
    fn ask(&self, ask: Ask) -> BoxStream<'static, Result<Event, AgentError>> {
        let agent = self.clone();
        stream::once(async move {
            match agent.open(ask).await {
                // Boxed: it is moved with every event, and it is large.
                Ok(answer) => stream::unfold(Box::new(answer), Answer::next).boxed(),
                Err(error) => stream::once(async { Err(error) }).boxed(),
            }
        })
        .flatten()
        .boxed()
    }
}

/// An answer under way.
struct Answer {
    output: InvokeAgentOutput,
    mapper: Mapper,
    mapped: VecDeque<Event>,
    ended: bool,
}

impl Answer {
    async fn next(mut self: Box<Self>) -> Option<(Result<Event, AgentError>, Box<Self>)> {
        loop {
            if let Some(event) = self.mapped.pop_front() {
                return Some((Ok(event), self));
            }
            if self.ended {
                return None;
            }
            match self.output.completion.recv().await {
                Ok(Some(message)) => self.mapper.map(message, &mut self.mapped),
                Ok(None) => {
                    self.ended = true;
                    self.mapper.end(&mut self.mapped);
                }
                Err(error) => {
                    self.ended = true;
                    let failure = error.as_service_error().map(by_member);
                    let error = failed(&error, failure, self.output.request_id());
                    return Some((Err(error), self));
                }
            }
        }
    }
}

/// Puts together what is known of a failed call: `failure` when AWS named one.
fn failed<E, R>(
    error: &SdkError<E, R>,
    failure: Option<Failure>,
    request_id: Option<&str>,
) -> AgentError
where
    E: std::error::Error + Send + Sync + 'static,
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
