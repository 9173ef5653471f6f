//! AgentCore harnesses (`InvokeHarness`): an agent that Amazon runs from a description of it.

mod map;

use std::collections::VecDeque;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::error::BuildError;
use aws_sdk_bedrockagentcore::operation::RequestId as _;
use aws_sdk_bedrockagentcore::operation::invoke_harness::InvokeHarnessOutput;
use aws_sdk_bedrockagentcore::types::error::InvokeHarnessStreamOutputError;
use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage,
};

use super::answer::{Answer, Progress};
use super::ask::{Ask, Role, Turn};
use super::exceptions::{failed, not_opened};
use super::failure::{AgentError, Failure};
use super::upstream::Upstream;
use super::whole_messages::WholeMessages;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::session;
use map::Mapper;

/// One harness, by its ARN.
#[derive(Debug, Clone)]
pub struct Harness {
    client: Client,
    arn: String,
    qualifier: Option<String>,
    name: String,
}

impl Harness {
    /// The harness `arn`, which clients know as `name`; `qualifier` is one of its endpoints.
    pub fn new(client: Client, arn: &str, qualifier: Option<&str>, name: &str) -> Self {
        Self {
            client,
            arn: arn.to_owned(),
            qualifier: qualifier.map(ToOwned::to_owned),
            name: name.to_owned(),
        }
    }
}

impl Upstream for Harness {
    type Answer = HarnessAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_return_control(&self.name)
    }

    async fn open(&self, ask: Ask) -> Result<HarnessAnswer, AgentError> {
        let messages = messages(ask.history, ask.question)
            .map_err(|error| AgentError::caused(Failure::Internal, error))?;
        let trace_headers = ask.trace_context.adding();
        let actor_id = ask.caller.as_ref().map(session::actor_id);
        let output = self
            .client
            .invoke_harness()
            .harness_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(ask.session_id)
            .set_messages(Some(messages))
            .set_actor_id(actor_id)
            .customize()
            .interceptor(WholeMessages)
            // As headers: the operation's own members refuse ids that a caller has made up.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        Ok(HarnessAnswer {
            output,
            mapper: Mapper::new(self.name.clone()),
        })
    }
}

fn messages(history: Vec<Turn>, question: String) -> Result<Vec<HarnessMessage>, BuildError> {
    let question = Turn {
        role: Role::User,
        text: question,
    };
    history
        .into_iter()
        .chain([question])
        .map(|Turn { role, text }| {
            HarnessMessage::builder()
                .role(match role {
                    Role::User => HarnessConversationRole::User,
                    Role::Assistant => HarnessConversationRole::Assistant,
                })
                .content(HarnessContentBlock::Text(text))
                .build()
        })
        .collect()
}

/// A harness's answer under way.
pub(super) struct HarnessAnswer {
    output: InvokeHarnessOutput,
    mapper: Mapper,
}

impl Answer for HarnessAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.output.stream.recv().await {
            Ok(Some(message)) => {
                self.mapper.map(message, events)?;
                Ok(Progress::GoesOn)
            }
            Ok(None) if self.mapper.is_whole() => Ok(Progress::Ended),
            // A harness closes each message: one that is still open was cut off.
            Ok(None) => Err(Failure::ConnectionLost.into()),
            Err(error) => {
                let failure = error.as_service_error().map(by_member);
                Err(failed(&error, failure, self.output.request_id()))
            }
        }
    }
}

/// An exception inside the stream has no code; its type says what it is.
fn by_member(error: &InvokeHarnessStreamOutputError) -> Failure {
    match error {
        InvokeHarnessStreamOutputError::ValidationException(_) => Failure::Rejected,
        InvokeHarnessStreamOutputError::RuntimeClientError(_) => Failure::AgentFailed,
        _ => Failure::AgentUnavailable,
    }
}
