//! Bedrock Agents (`InvokeAgent`): an alias of an agent that Bedrock runs.

mod exceptions;
mod map;
mod return_control;
mod session_state;
mod text;

pub use return_control::MOST_RESULTS;

use std::collections::VecDeque;

use aws_config::SdkConfig;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::operation::RequestId as _;
use aws_sdk_bedrockagentruntime::operation::invoke_agent::InvokeAgentOutput;
use aws_sdk_bedrockagentruntime::types::StreamingConfigurations;

use super::answer::{Answer, Progress};
use super::ask::Ask;
use super::exceptions::not_opened;
use super::failure::AgentError;
use super::upstream::Upstream;
use super::whole_messages::WholeMessages;
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
}

impl Upstream for BedrockAgent {
    type Answer = BedrockAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        return_control::check(ask)
    }

    async fn open(&self, mut ask: Ask) -> Result<BedrockAnswer, AgentError> {
        let mapper = Mapper::new(self.name.clone(), ask.trace);
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
            // There is no question when a client only reports what it did.
            .set_input_text(Some(ask.question).filter(|question| !question.is_empty()))
            // Only traces say who speaks and what it costs; `redact` keeps their texts from clients.
            .enable_trace(true)
            .end_session(ask.end_session)
            .set_memory_id(ask.memory_id)
            .session_state(session_state)
            .streaming_configurations(streaming)
            .customize()
            // As headers: the operation has no members for them.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        Ok(BedrockAnswer { output, mapper })
    }
}

/// An agent's answer under way.
pub(super) struct BedrockAnswer {
    output: InvokeAgentOutput,
    mapper: Mapper,
}

impl Answer for BedrockAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.output.completion.recv().await {
            Ok(Some(message)) => {
                self.mapper.map(message, events);
                Ok(Progress::GoesOn)
            }
            Ok(None) => {
                self.mapper.end(events);
                Ok(Progress::Ended)
            }
            Err(error) => Err(exceptions::broken(&error, self.output.request_id())),
        }
    }
}
