//! AgentCore harnesses (`InvokeHarness`): an agent that Amazon runs from a description.

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
use futures_util::stream::BoxStream;

use super::answer::{Answer, told};
use super::exceptions::{failed, refused};
use super::whole_messages::WholeMessages;
use super::{Agent, AgentError, Ask, Failure, Role, Turn};
use crate::event::Event;
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

    async fn open(&self, ask: Ask) -> Result<HarnessAnswer, AgentError> {
        let messages = messages(ask.history, ask.question).map_err(|error| AgentError {
            failure: Failure::Internal,
            cause: Some(error.into()),
        })?;
        let trace_headers = ask.trace_context.adding();
        let output = self
            .client
            .invoke_harness()
            .harness_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(ask.session_id)
            .set_messages(Some(messages))
            .customize()
            .interceptor(WholeMessages)
            // As headers: the members would fail the call when a caller has made them up.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| refused(&error))?;
        Ok(HarnessAnswer {
            output,
            mapper: Mapper::new(self.name.clone()),
        })
    }
}

impl Agent for Harness {
    fn ask(&self, ask: Ask) -> BoxStream<'static, Result<Event, AgentError>> {
        let agent = self.clone();
        let open = move |ask| {
            let agent = agent.clone();
            async move { agent.open(ask).await }
        };
        told(ask, open)
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

struct HarnessAnswer {
    output: InvokeHarnessOutput,
    mapper: Mapper,
}

impl Answer for HarnessAnswer {
    async fn more(&mut self, events: &mut VecDeque<Event>) -> Result<bool, AgentError> {
        match self.output.stream.recv().await {
            Ok(Some(message)) => self.mapper.map(message, events).map(|()| true),
            Ok(None) if self.mapper.is_whole() => Ok(false),
            // A harness closes each message; one that is open was cut off.
            Ok(None) => Err(Failure::ConnectionLost.into()),
            Err(error) => {
                let failure = error.as_service_error().map(by_member);
                Err(failed(&error, failure, self.output.request_id()))
            }
        }
    }
}

/// Exceptions in the stream come without a code.
fn by_member(error: &InvokeHarnessStreamOutputError) -> Failure {
    match error {
        InvokeHarnessStreamOutputError::ValidationException(_) => Failure::Rejected,
        InvokeHarnessStreamOutputError::RuntimeClientError(_) => Failure::AgentFailed,
        _ => Failure::AgentUnavailable,
    }
}
