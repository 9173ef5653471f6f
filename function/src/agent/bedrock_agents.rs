//! Bedrock Agents (`InvokeAgent`): opens the call and hands each message to the mapper.

mod map;
mod text;

use std::collections::VecDeque;
use std::fmt::Debug;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::config::retry::RetryConfig;
use aws_sdk_bedrockagentruntime::config::{StalledStreamProtectionConfig};
use aws_sdk_bedrockagentruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockagentruntime::operation::RequestId;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentOutput;
use aws_sdk_bedrockagentruntime::types::{SessionState, StreamingConfigurations};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::{Agent, AgentError, Ask, Failure};
use crate::event::Event;
use crate::settings::{Settings, TraceLevel};
use map::Mapper;

/// One alias of one agent.
#[derive(Debug, Clone)]
pub struct BedrockAgent {
    client: Client,
    agent_id: String,
    agent_alias_id: String,
    agent_name: String,
}

impl BedrockAgent {
    /// The agent that the settings name, called with `config`'s region and credentials.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        let config = aws_sdk_bedrockagentruntime::config::Builder::from(config)
            // A run is not idempotent: the SDK must not start it a second time.
            .retry_config(RetryConfig::disabled())
            // A council is silent for long; the relay has its own limit.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self {
            client: Client::from_conf(config),
            agent_id: settings.agent_id.clone(),
            agent_alias_id: settings.agent_alias_id.clone(),
            agent_name: settings.agent_name.clone(),
        }
    }

    async fn open(&self, ask: Ask) -> Result<Answer, AgentError> {
        let mapper = Mapper::new(self.agent_name.clone(), ask.trace == TraceLevel::Summary);
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
                failed(&error, request_id.as_deref())
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
                Ok(answer) => stream::unfold(answer, Answer::next).boxed(),
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
    async fn next(mut self) -> Option<(Result<Event, AgentError>, Self)> {
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
                    return Some((Err(failed(&error, self.output.request_id())), self));
                }
            }
        }
    }
}

/// Classifies a failure, which looks the same whether it comes before the stream or in it.
fn failed<E, R>(error: &SdkError<E, R>, request_id: Option<&str>) -> AgentError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let failure = match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(code) => by_code(code),
        None if matches!(error, SdkError::ServiceError(_)) => Failure::AgentUnavailable,
        None => Failure::ConnectionLost,
    };
    // A validation message may quote the question.
    let cause = match failure {
        Failure::Rejected => "ValidationException".to_owned(),
        _ => format!(
            "{} (request id {})",
            DisplayErrorContext(error),
            request_id.unwrap_or("unknown")
        ),
    };
    AgentError {
        failure,
        cause: Some(cause.into()),
    }
}

/// The exceptions of `InvokeAgent`, whose names start with a capital before the stream and with a
/// small letter in it.
fn by_code(code: &str) -> Failure {
    match code.to_ascii_lowercase().as_str() {
        "throttlingexception" => Failure::Throttled,
        "servicequotaexceededexception" => Failure::QuotaExceeded,
        "accessdeniedexception"
        | "unrecognizedclientexception"
        | "expiredtokenexception"
        | "invalidsignatureexception" => Failure::AccessDenied,
        "resourcenotfoundexception" => Failure::AgentNotFound,
        "validationexception" => Failure::Rejected,
        "conflictexception" => Failure::SessionBusy,
        "modelnotreadyexception" => Failure::ModelNotReady,
        "dependencyfailedexception" | "badgatewayexception" => Failure::DependencyFailed,
        _ => Failure::AgentUnavailable,
    }
}
