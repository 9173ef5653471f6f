//! Bedrock Agents (`InvokeAgent`): an alias of an agent that Bedrock runs.

mod exceptions;
mod files;
mod long_state;
mod map;
mod plain;
mod return_control;
mod session_state;
mod text;

pub use return_control::MOST_RESULTS;

use std::collections::VecDeque;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::operation::RequestId as _;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentOutput;
use aws_sdk_bedrockagentruntime::types::{ResponseStream, StreamingConfigurations};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};

use super::answer::{Answer, Progress};
use super::ask::Ask;
use super::event_stream::{Messages, Tap};
use super::exceptions::not_opened;
use super::failure::{AgentError, Failure};
use super::plain::Plain;
use super::upstream::Upstream;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::settings::Platform;
use map::Mapper;
use session_state::session_state;

/// One alias of one agent.
#[derive(Debug, Clone)]
pub struct BedrockAgent {
    client: Client,
    agent_id: String,
    agent_alias_id: String,
    name: String,
}

impl BedrockAgent {
    /// The alias of the agent that clients know as `name`, called with `config` from
    /// [`aws::config`](crate::aws::config).
    pub fn new(
        config: &SdkConfig,
        platform: &Platform,
        agent_id: &str,
        agent_alias_id: &str,
        name: &str,
    ) -> Self {
        let mut config = aws_sdk_bedrockagentruntime::config::Builder::from(config);
        config.set_endpoint_url(platform.bedrock_endpoint_url.clone());
        Self {
            client: Client::from_conf(config.build()),
            agent_id: agent_id.to_owned(),
            agent_alias_id: agent_alias_id.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl Upstream for BedrockAgent {
    type Answer = BedrockAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_responses(&self.name)?;
        return_control::check(ask)?;
        files::check(ask, &self.name)
    }

    async fn open(&self, ask: &Arc<Ask>) -> Result<BedrockAnswer, AgentError> {
        let mapper = Mapper::new(self.name.clone(), ask.trace);
        let long_state = long_state::adding(ask);
        let session_state = session_state(ask)?;
        let trace_headers = ask.trace_context.adding();
        let tap = Tap::default();
        // Without this, AWS sends the whole answer as one chunk.
        let streaming = StreamingConfigurations::builder()
            .stream_final_response(true)
            .build();
        let output = self
            .client
            .invoke_agent()
            .agent_id(&self.agent_id)
            .agent_alias_id(&self.agent_alias_id)
            .session_id(&ask.session_id)
            // There is no question when a client only reports what it did.
            .set_input_text(Some(ask.question.clone()).filter(|question| !question.is_empty()))
            // Only traces say who speaks and what it costs; `redact` keeps their texts from clients.
            .enable_trace(true)
            .end_session(ask.end_session)
            .set_memory_id(ask.memory_id.clone())
            .session_state(session_state)
            .streaming_configurations(streaming)
            .customize()
            .interceptor(tap.clone())
            // As headers: the operation has no members for them.
            .mutate_request(trace_headers)
            .mutate_request(long_state)
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        Ok(BedrockAnswer {
            messages: tap.messages(),
            plain: Plain::default(),
            output,
            mapper,
        })
    }
}

/// An agent's answer under way.
pub(super) struct BedrockAnswer {
    messages: Messages,
    plain: Plain,
    /// Reads what is handed over to it.
    output: InvokeAgentOutput,
    mapper: Mapper,
}

impl Answer for BedrockAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.messages.next().await {
            Ok(true) => {}
            Ok(false) => {
                self.mapper.end(events);
                return Ok(Progress::Ended);
            }
            Err(error) => {
                let error = SdkError::dispatch_failure(ConnectorError::io(error));
                return Err(exceptions::broken(&error, self.output.request_id()));
            }
        }
        let message = self.messages.current();
        if let Some(bytes) = self.plain.payload(message).and_then(plain::bytes) {
            self.mapper.text(bytes, events);
            return Ok(Progress::GoesOn);
        }
        self.messages.hand_over();
        match self.output.completion.recv().await {
            Ok(Some(read)) => {
                if let ResponseStream::Chunk(_) = read {
                    self.plain.learn(message);
                }
                self.mapper.map(read, events);
                Ok(Progress::GoesOn)
            }
            // It has nothing to read but whole messages, and returns each.
            Ok(None) => Err(Failure::ConnectionLost.into()),
            Err(error) => Err(exceptions::broken(&error, self.output.request_id())),
        }
    }
}
