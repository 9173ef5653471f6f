//! AgentCore harnesses (`InvokeHarness`): an agent that Amazon runs from a description of it.

mod map;
mod resume;

use std::collections::VecDeque;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::error::BuildError;
use aws_sdk_bedrockagentcore::operation::RequestId as _;
use aws_sdk_bedrockagentcore::operation::invoke_harness::InvokeHarnessOutput;
use aws_sdk_bedrockagentcore::types::error::InvokeHarnessStreamOutputError;
use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage,
};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::event_stream::RawMessage;

use super::answer::{Answer, Progress};
use super::ask::{Ask, Role, Turn};
use super::event_stream::{Messages, Tap};
use super::exceptions::{failed, not_opened};
use super::failure::{AgentError, Failure};
use super::upstream::Upstream;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::session;
use crate::settings::agents::History;
use map::Mapper;

/// One harness, by its ARN.
#[derive(Debug, Clone)]
pub struct Harness {
    client: Client,
    arn: String,
    qualifier: Option<String>,
    name: String,
    history: History,
}

impl Harness {
    /// The harness `arn`, which clients know as `name`; `qualifier` is one of its endpoints.
    pub fn new(client: Client, arn: &str, qualifier: Option<&str>, name: &str) -> Self {
        Self {
            client,
            arn: arn.to_owned(),
            qualifier: qualifier.map(ToOwned::to_owned),
            name: name.to_owned(),
            history: History::default(),
        }
    }

    /// The same, for a conversation that is kept by `history`.
    #[must_use]
    pub fn with_history(self, history: History) -> Self {
        Self { history, ..self }
    }
}

impl Upstream for Harness {
    type Answer = HarnessAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_return_control(&self.name)?;
        ask.check_responses()
    }

    async fn open(&self, ask: Ask) -> Result<HarnessAnswer, AgentError> {
        let (history, session_id) = match self.history {
            // AWS, or the session's own machine, has the earlier turns: twice would be once too often.
            History::Session if !ask.starts_session => (Vec::new(), ask.session_id),
            History::Session => (ask.history, ask.session_id),
            // A session of its own for each question knows nothing but what it is told.
            History::Client => {
                let session_id = session::turn_id(&ask.session_id, ask.history.len());
                (ask.history, session_id)
            }
        };
        let messages = messages(history, ask.question)
            .and_then(|messages| resume::answered(messages, &ask.responses))
            .map_err(|error| AgentError::caused(Failure::Internal, error))?;
        let trace_headers = ask.trace_context.adding();
        let actor_id = ask.caller.as_ref().map(session::actor_id);
        let tap = Tap::default();
        let output = self
            .client
            .invoke_harness()
            .harness_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(session_id)
            .set_messages(Some(messages))
            .set_actor_id(actor_id)
            .customize()
            .interceptor(tap.clone())
            // As headers: the operation's own members refuse ids that a caller has made up.
            .mutate_request(trace_headers)
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        Ok(HarnessAnswer {
            messages: tap.messages(),
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
    alternating(history.into_iter().chain([question]))
        .into_iter()
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

/// Turns as models insist on them: none is blank, the user begins, and two of the same author are one.
fn alternating(turns: impl Iterator<Item = Turn>) -> Vec<Turn> {
    let mut alternating: Vec<Turn> = Vec::new();
    for turn in turns.filter(|turn| !turn.text.trim().is_empty()) {
        match alternating.last_mut() {
            Some(last) if last.role == turn.role => {
                last.text.push_str("\n\n");
                last.text.push_str(&turn.text);
            }
            None if turn.role == Role::Assistant => {}
            _ => alternating.push(turn),
        }
    }
    alternating
}

/// A harness's answer under way.
pub(super) struct HarnessAnswer {
    messages: Messages,
    /// Reads what is handed over to it.
    output: InvokeHarnessOutput,
    mapper: Mapper,
}

impl Answer for HarnessAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.messages.next().await {
            Ok(true) => self.messages.hand_over(),
            Ok(false) if self.mapper.is_whole() => {
                self.mapper.end(events);
                return Ok(Progress::Ended);
            }
            // A harness closes each message: one that is still open was cut off.
            Ok(false) => return Err(Failure::ConnectionLost.into()),
            Err(error) => {
                let error = ReadError::dispatch_failure(ConnectorError::io(error));
                return Err(failed(&error, None, self.output.request_id()));
            }
        }
        match self.output.stream.recv().await {
            Ok(Some(message)) => {
                self.mapper.map(message, events)?;
                Ok(Progress::GoesOn)
            }
            // It has nothing to read but whole messages, and returns each.
            Ok(None) => Err(Failure::ConnectionLost.into()),
            Err(error) => {
                let failure = error.as_service_error().map(by_member);
                Err(failed(&error, failure, self.output.request_id()))
            }
        }
    }
}

type ReadError = SdkError<InvokeHarnessStreamOutputError, RawMessage>;

/// An exception inside the stream has no code; its type says what it is.
fn by_member(error: &InvokeHarnessStreamOutputError) -> Failure {
    match error {
        InvokeHarnessStreamOutputError::ValidationException(_) => Failure::Rejected,
        InvokeHarnessStreamOutputError::RuntimeClientError(_) => Failure::AgentFailed,
        _ => Failure::AgentUnavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_out_as_models_insist_on_them() {
        use Role::{Assistant, User};
        let turns = [
            (Assistant, "lost"),
            (User, "one"),
            (User, "two"),
            (Assistant, " \n"),
            (User, "three"),
            (Assistant, "a"),
            (User, "four"),
        ];
        let turns = turns.map(|(role, text)| Turn {
            role,
            text: text.to_owned(),
        });
        let told: Vec<_> = alternating(turns.into_iter())
            .into_iter()
            .map(|turn| (turn.role, turn.text))
            .collect();
        let expected = [
            (User, "one\n\ntwo\n\nthree"),
            (Assistant, "a"),
            (User, "four"),
        ];
        assert_eq!(told, expected.map(|(role, text)| (role, text.to_owned())));
    }
}
