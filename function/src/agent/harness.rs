//! AgentCore harnesses (`InvokeHarness`): an agent that Amazon runs from a description of it.

mod files;
mod map;
mod plain;
mod request;
mod stop_reason;

use std::collections::VecDeque;
use std::sync::Arc;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::operation::RequestId as _;
use aws_sdk_bedrockagentcore::operation::invoke_harness::InvokeHarnessOutput;
use aws_sdk_bedrockagentcore::types::InvokeHarnessStreamOutput;
use aws_sdk_bedrockagentcore::types::error::InvokeHarnessStreamOutputError;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::event_stream::RawMessage;

use super::answer::{Answer, Progress};
use super::ask::{Ask, Role, Turn};
use super::event_stream::{Messages, Tap};
use super::exceptions::{failed, not_opened};
use super::failure::{AgentError, Failure};
use super::plain::Plain;
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

impl Harness {
    /// Whether the earlier turns go out: where AWS, or the session's own machine, has them, twice would be
    /// once too often.
    fn sends_history(&self, ask: &Ask) -> bool {
        self.history == History::Client || ask.starts_session
    }
}

impl Upstream for Harness {
    type Answer = HarnessAnswer;

    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        ask.refuse_return_control(&self.name)?;
        ask.refuse_use_cases(&self.name)?;
        let earlier = if self.sends_history(ask) {
            ask.history.as_slice()
        } else {
            &[]
        };
        let earlier = earlier.iter().flat_map(|turn| &turn.files);
        files::check(earlier.chain(&ask.files), &self.name)?;
        ask.check_responses()
    }

    async fn open(&self, ask: &Arc<Ask>) -> Result<HarnessAnswer, AgentError> {
        let session_id = match self.history {
            History::Session => ask.session_id.clone(),
            // A session of its own for each question knows nothing but what it is told.
            History::Client => session::turn_id(&ask.session_id, ask.history.len()),
        };
        let history = if self.sends_history(ask) {
            ask.history.as_slice()
        } else {
            &[]
        };
        let question = Turn {
            role: Role::User,
            text: ask.question.clone(),
            files: ask.files.clone(),
        };
        let turns = history.iter().chain([&question]);
        let actor_id = ask.caller.as_ref().map(session::actor_id);
        let body = request::body(turns, &ask.responses, actor_id.as_deref())
            .map_err(|error| AgentError::caused(Failure::Internal, error))?;
        let trace_headers = ask.trace_context.adding();
        let tap = Tap::default();
        let output = self
            .client
            .invoke_harness()
            .harness_arn(&self.arn)
            .set_qualifier(self.qualifier.clone())
            .runtime_session_id(session_id)
            .customize()
            .interceptor(tap.clone())
            // As headers: the operation's own members refuse ids that a caller has made up.
            .mutate_request(trace_headers)
            .mutate_request(request::with_body(body))
            .send()
            .await
            .map_err(|error| not_opened(&error))?;
        Ok(HarnessAnswer {
            messages: tap.messages(),
            plain: Plain::default(),
            output,
            mapper: Mapper::new(self.name.clone()),
        })
    }
}

/// A harness's answer under way.
pub(super) struct HarnessAnswer {
    messages: Messages,
    plain: Plain,
    /// Reads what is handed over to it.
    output: InvokeHarnessOutput,
    mapper: Mapper,
}

impl Answer for HarnessAnswer {
    async fn read(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        match self.messages.next().await {
            Ok(true) => {}
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
        let message = self.messages.current();
        if let Some(text) = self.plain.payload(message).and_then(plain::text) {
            self.mapper.text(text, events);
            return Ok(Progress::GoesOn);
        }
        self.messages.hand_over();
        match self.output.stream.recv().await {
            Ok(Some(read)) => {
                if is_delta(&read) {
                    self.plain.learn(message);
                }
                self.mapper.map(read, events)?;
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

fn is_delta(read: &InvokeHarnessStreamOutput) -> bool {
    matches!(read, InvokeHarnessStreamOutput::ContentBlockDelta(_))
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
