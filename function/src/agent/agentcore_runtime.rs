//! AgentCore runtimes (`InvokeAgentRuntime`): an agent's own program, which answers as it likes.

mod not_streaming;
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
use crate::settings::agents::Protocol;
use crate::settings::agents::answer::AnswerSettings;
use crate::settings::agents::request::RequestTemplate;
use not_streaming::refuses_to_stream;

/// One runtime, by its ARN.
#[derive(Debug, Clone)]
pub struct AgentcoreRuntime {
    client: Client,
    arn: String,
    qualifier: Option<String>,
    name: String,
    protocol: Protocol,
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
            protocol: Protocol::default(),
            request: None,
            answer: None,
        }
    }

    /// The same, if it speaks `protocol`.
    #[must_use]
    pub fn speaking(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
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
        ask.refuse_use_cases(&self.name)?;
        payload::check(self.request.as_deref(), ask, &self.name)?;
        ask.check_responses()
    }

    async fn open(&self, ask: &Arc<Ask>) -> Result<RuntimeAnswer, AgentError> {
        let payload =
            payload::payload(self.protocol, self.request.as_deref(), ask).map_err(internal)?;
        let output = self.invoke(ask, payload).await?;
        let (stream, speech) = self.answer(output, ask);
        let may_refuse = self.protocol == Protocol::A2a && self.request.is_none();
        let undecided = may_refuse.then(|| Undecided {
            runtime: self.clone(),
            ask: Arc::clone(ask),
            begun: Vec::new(),
        });
        Ok(RuntimeAnswer {
            stream,
            speech,
            undecided: undecided.map(Box::new),
        })
    }
}

impl AgentcoreRuntime {
    async fn invoke(
        &self,
        ask: &Ask,
        payload: Vec<u8>,
    ) -> Result<InvokeAgentRuntimeOutput, AgentError> {
        let user_id = ask.caller.as_ref().map(session::user_id);
        let trace_headers = ask.trace_context.adding();
        let sent = self
            .client
            .invoke_agent_runtime()
            .agent_runtime_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(&ask.session_id)
            .set_runtime_user_id(user_id)
            .content_type("application/json")
            .accept("text/event-stream, application/json")
            .payload(Blob::new(payload))
            .customize()
            // As headers: the operation's own members refuse ids that a caller has made up.
            .mutate_request(trace_headers)
            .send()
            .await;
        sent.map_err(|error| not_opened(&error))
    }

    /// What is to be read, and how.
    fn answer(&self, output: InvokeAgentRuntimeOutput, ask: &Ask) -> (ByteStream, Speech) {
        let InvokeAgentRuntimeOutput {
            response,
            content_type,
            ..
        } = output;
        let speech = Speech::new(&content_type, self.name.clone())
            .with_answer(self.answer.clone())
            .with_client_tools(ask.client_tools().to_vec())
            .explained(ask.explain.then_some(content_type.as_str()));
        (response, speech)
    }
}

/// A runtime's answer under way.
pub(super) struct RuntimeAnswer {
    stream: ByteStream,
    speech: Speech,
    /// As long as the answer may say that there is none in this form.
    undecided: Option<Box<Undecided>>,
}

/// The beginning of an answer, and what it takes to ask in another form.
struct Undecided {
    runtime: AgentcoreRuntime,
    ask: Arc<Ask>,
    begun: Vec<u8>,
}

impl Answer for RuntimeAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        let bytes = match self.stream.next().await {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => return Err(AgentError::caused(Failure::ConnectionLost, error)),
            None => {
                if let Some(undecided) = self.undecided.take() {
                    self.speech.push(&undecided.begun, events)?;
                }
                self.speech.end(events)?;
                return Ok(Progress::Ended);
            }
        };
        let Some(undecided) = &mut self.undecided else {
            return self.speech.push(&bytes, events);
        };
        undecided.begun.extend_from_slice(&bytes);
        let Some(refuses) = refuses_to_stream(&undecided.begun) else {
            return Ok(Progress::GoesOn);
        };
        let Some(undecided) = self.undecided.take() else {
            return Ok(Progress::GoesOn);
        };
        if !refuses {
            return self.speech.push(&undecided.begun, events);
        }
        let Undecided { runtime, ask, .. } = *undecided;
        let payload = payload::not_streamed(&ask).map_err(internal)?;
        let output = runtime.invoke(&ask, payload).await?;
        (self.stream, self.speech) = runtime.answer(output, &ask);
        Ok(Progress::GoesOn)
    }
}

fn internal(error: serde_json::Error) -> AgentError {
    AgentError::caused(Failure::Internal, error)
}
