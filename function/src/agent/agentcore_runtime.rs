//! AgentCore runtimes (`InvokeAgentRuntime`): an agent's own program, which answers as it likes.
//!
//! It is asked with `{"prompt": …, "sessionId": …, "history": […]}`, of which Amazon's examples read
//! `prompt`. Answers to what it has asked back are its `prompt`, as Strands wants them, and its `resume`, as
//! `LangGraph` does.

use std::collections::VecDeque;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::operation::invoke_agent_runtime::InvokeAgentRuntimeOutput;
use aws_sdk_bedrockagentcore::primitives::{Blob, ByteStream};
use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::{Answer, Progress};
use super::ask::{Ask, Role, Turn};
use super::exceptions::not_opened;
use super::failure::{AgentError, Failure};
use super::resume;
use super::speech::Speech;
use super::upstream::Upstream;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::session;

/// One runtime, by its ARN.
#[derive(Debug, Clone)]
pub struct AgentcoreRuntime {
    client: Client,
    arn: String,
    qualifier: Option<String>,
    name: String,
}

impl AgentcoreRuntime {
    /// The runtime `arn`, which clients know as `name`; `qualifier` is one of its endpoints.
    pub fn new(client: Client, arn: &str, qualifier: Option<&str>, name: &str) -> Self {
        Self {
            client,
            arn: arn.to_owned(),
            qualifier: qualifier.map(ToOwned::to_owned),
            name: name.to_owned(),
        }
    }
}

impl Upstream for AgentcoreRuntime {
    type Answer = RuntimeAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_return_control(&self.name)?;
        ask.check_responses()
    }

    async fn open(&self, ask: Ask) -> Result<RuntimeAnswer, AgentError> {
        let payload =
            payload(&ask).map_err(|error| AgentError::caused(Failure::Internal, error))?;
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
            speech: Speech::new(&content_type, self.name.clone()),
        })
    }
}

/// What a runtime is asked. Written out of the texts where they are: a conversation may have megabytes.
fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload<'a> {
        prompt: Prompt<'a>,
        session_id: &'a str,
        #[serde(skip_serializing_if = "Map::is_empty")]
        resume: Map<String, Value>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        history: Vec<Message<'a>>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Prompt<'a> {
        Question(&'a str),
        Answers(Vec<Value>),
    }
    #[derive(Serialize)]
    struct Message<'a> {
        role: &'static str,
        content: [Text<'a>; 1],
    }
    #[derive(Serialize)]
    struct Text<'a> {
        text: &'a str,
    }
    let history = ask.history.iter().map(|Turn { role, text }| Message {
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: [Text { text }],
    });
    let resume = resume::values(&ask.responses);
    serde_json::to_vec(&Payload {
        prompt: if resume.is_empty() {
            Prompt::Question(&ask.question)
        } else {
            Prompt::Answers(resume::blocks(&resume))
        },
        session_id: &ask.session_id,
        resume,
        history: history.collect(),
    })
}

/// A runtime's answer under way.
pub(super) struct RuntimeAnswer {
    stream: ByteStream,
    speech: Speech,
}

impl Answer for RuntimeAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.stream.next().await {
            Some(Ok(bytes)) => {
                self.speech.push(&bytes, events)?;
                Ok(Progress::GoesOn)
            }
            Some(Err(error)) => Err(AgentError::caused(Failure::ConnectionLost, error)),
            None => {
                self.speech.end(events)?;
                Ok(Progress::Ended)
            }
        }
    }
}
