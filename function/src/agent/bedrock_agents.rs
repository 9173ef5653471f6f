//! Bedrock Agents (`InvokeAgent`): opens the call and hands each message to the mapper.

mod exceptions;
pub(super) mod json;
mod map;
pub(crate) mod return_control;
mod session_state;
mod text;

use std::collections::VecDeque;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::operation::RequestId as _;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentOutput;
use aws_sdk_bedrockagentruntime::types::StreamingConfigurations;
use futures_util::stream::BoxStream;

use super::answer::{Answer, told};
use super::exceptions::refused;
use super::whole_messages::WholeMessages;
use super::{Agent, AgentError, Ask};
use crate::event::Event;
use crate::settings::{Platform, TraceLevel};
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
    /// An alias of an agent that clients know as `name`, called with `config` as
    /// [`aws::config`](crate::aws::config) makes it.
    pub fn new(
        config: &SdkConfig,
        platform: &Platform,
        agent_id: &str,
        agent_alias_id: &str,
        name: &str,
    ) -> Self {
        let mut config =
            aws_sdk_bedrockagentruntime::config::Builder::from(config).interceptor(WholeMessages);
        config.set_endpoint_url(platform.bedrock_endpoint_url.clone());
        Self {
            client: Client::from_conf(config.build()),
            agent_id: agent_id.to_owned(),
            agent_alias_id: agent_alias_id.to_owned(),
            name: name.to_owned(),
        }
    }

    async fn open(&self, mut ask: Ask) -> Result<BedrockAnswer, AgentError> {
        let mapper = Mapper::new(self.name.clone(), ask.trace == TraceLevel::Full);
        let session_state = session_state(&mut ask)?;
        let trace_headers = ask.trace_context.adding();
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
            // There is none when a client only tells what it did.
            .set_input_text(Some(ask.question).filter(|question| !question.is_empty()))
            // Who speaks and what it costs is told in traces only; the mapper keeps their texts away.
            .enable_trace(true)
            .end_session(ask.end_session)
            .set_memory_id(ask.memory_id)
            .session_state(session_state)
            .streaming_configurations(streaming)
            .customize()
            // The operation has no member for them.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| refused(&error))?;
        Ok(BedrockAnswer { output, mapper })
    }
}

impl Agent for BedrockAgent {
    fn ask(&self, ask: Ask) -> BoxStream<'static, Result<Event, AgentError>> {
        let agent = self.clone();
        let open = move |ask| {
            let agent = agent.clone();
            async move { agent.open(ask).await }
        };
        told(ask, open)
    }
}

struct BedrockAnswer {
    output: InvokeAgentOutput,
    mapper: Mapper,
}

impl Answer for BedrockAnswer {
    async fn more(&mut self, events: &mut VecDeque<Event>) -> Result<bool, AgentError> {
        match self.output.completion.recv().await {
            Ok(Some(message)) => {
                self.mapper.map(message, events);
                Ok(true)
            }
            Ok(None) => {
                self.mapper.end(events);
                Ok(false)
            }
            Err(error) => Err(exceptions::broken(&error, self.output.request_id())),
        }
    }
}
