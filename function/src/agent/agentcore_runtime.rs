//! AgentCore runtimes (`InvokeAgentRuntime`): an agent's own program, which answers as it likes.
//!
//! It is asked with `{"prompt": …, "sessionId": …, "history": […]}`, of which Amazon's examples read
//! `prompt`, or with what its deployment says. Answers to what it has asked back are its `prompt`, as Strands
//! wants them, and its `resume`, as `LangGraph` does.

mod payload;

use std::collections::VecDeque;
use std::sync::Arc;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::operation::invoke_agent_runtime::InvokeAgentRuntimeOutput;
use aws_sdk_bedrockagentcore::primitives::{Blob, ByteStream};

use super::answer::{Answer, Progress};
use super::ask::Ask;
use super::exceptions::not_opened;
use super::failure::{AgentError, Failure};
use super::speech::Speech;
use super::upstream::Upstream;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::session;
use crate::settings::agents::answer::AnswerSettings;
use crate::settings::agents::request::RequestTemplate;
use payload::payload;

/// One runtime, by its ARN.
#[derive(Debug, Clone)]
pub struct AgentcoreRuntime {
    client: Client,
    arn: String,
    qualifier: Option<String>,
    name: String,
    request: Option<Arc<RequestTemplate>>,
    answer: Option<Arc<AnswerSettings>>,
}

impl AgentcoreRuntime {
    /// The runtime `arn`, which clients know as `name`; `qualifier` is one of its endpoints.
    pub fn new(client: Client, arn: &str, qualifier: Option<&str>, name: &str) -> Self {
        Self {
            client,
            arn: arn.to_owned(),
            qualifier: qualifier.map(ToOwned::to_owned),
            name: name.to_owned(),
            request: None,
            answer: None,
        }
    }

    /// The same, asked with its own `request`.
    #[must_use]
    pub fn with_request(self, request: Option<RequestTemplate>) -> Self {
        let request = request.map(Arc::new);
        Self { request, ..self }
    }

    /// The same, whose own messages mean what `answer` says.
    #[must_use]
    pub fn with_answer(self, answer: Option<AnswerSettings>) -> Self {
        let answer = answer.map(Arc::new);
        Self { answer, ..self }
    }
}

impl Upstream for AgentcoreRuntime {
    type Answer = RuntimeAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_return_control(&self.name)?;
        ask.check_responses()
    }

    async fn open(&self, ask: Ask) -> Result<RuntimeAnswer, AgentError> {
        let payload = payload(&ask, self.request.as_deref())
            .map_err(|error| AgentError::caused(Failure::Internal, error))?;
        let user_id = ask.caller.as_ref().map(session::user_id);
        let trace_headers = ask.trace_context.adding();
        let output = self
            .client
            .invoke_agent_runtime()
            .agent_runtime_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(ask.session_id)
            .set_runtime_user_id(user_id)
            .content_type("application/json")
            .accept("text/event-stream, application/json")
            .payload(Blob::new(payload))
            .customize()
            // As headers: the operation's own members refuse ids that a caller has made up.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        let InvokeAgentRuntimeOutput {
            response,
            content_type,
            ..
        } = output;
        Ok(RuntimeAnswer {
            stream: response,
            speech: Speech::new(&content_type, self.name.clone())
                .with_answer(self.answer.clone())
                .explained(ask.explain.then_some(content_type.as_str())),
        })
    }
}

/// A runtime's answer under way.
pub(super) struct RuntimeAnswer {
    stream: ByteStream,
    speech: Speech,
}

impl Answer for RuntimeAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.stream.next().await {
            Some(Ok(bytes)) => self.speech.push(&bytes, events),
            Some(Err(error)) => Err(AgentError::caused(Failure::ConnectionLost, error)),
            None => {
                self.speech.end(events)?;
                Ok(Progress::Ended)
            }
        }
    }
}
