//! AgentCore runtimes (`InvokeAgentRuntime`): an agent's own program, which answers as it likes.
//!
//! It is asked with `{"prompt": …, "sessionId": …, "files": […], "history": […]}`, of which Amazon's examples
//! read `prompt`, and `media` where there is an image.

use std::collections::VecDeque;

use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::operation::invoke_agent_runtime::InvokeAgentRuntimeOutput;
use aws_sdk_bedrockagentcore::primitives::{Blob, ByteStream};
use serde::Serialize;

use super::answer::{Answer, Progress};
use super::ask::{Ask, Role, Turn};
use super::exceptions::not_opened;
use super::failure::{AgentError, Failure};
use super::file::{self, Attached, Base64, File};
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
        ask.refuse_use_cases(&self.name)
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
        prompt: &'a str,
        session_id: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        files: Vec<Attached<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        media: Option<Media<'a>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        history: Vec<Message<'a>>,
    }
    #[derive(Serialize)]
    struct Message<'a> {
        role: &'static str,
        content: [Text<'a>; 1],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        files: Vec<Attached<'a>>,
    }
    #[derive(Serialize)]
    struct Text<'a> {
        text: &'a str,
    }
    let history = ask
        .history
        .iter()
        .map(|Turn { role, text, files }| Message {
            role: match role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: [Text { text }],
            files: files.iter().map(Attached::from).collect(),
        });
    let payload = Payload {
        prompt: &ask.question,
        session_id: &ask.session_id,
        files: ask.files.iter().map(Attached::from).collect(),
        media: Media::of(&ask.files),
        history: history.collect(),
    };
    let mut json = Vec::with_capacity(length_in_json(ask));
    serde_json::to_writer(&mut json, &payload)?;
    Ok(json)
}

/// About how long the payload becomes: to grow on the way would hold megabytes twice.
fn length_in_json(ask: &Ask) -> usize {
    let texts: usize = ask.history.iter().map(|turn| turn.text.len() + 64).sum();
    let earlier = ask.history.iter().flat_map(|turn| &turn.files);
    // The one image stands there twice.
    let files = ask.files.iter().chain(Media::image(&ask.files));
    1024 + ask.question.len() + texts + file::length_in_json(earlier.chain(files))
}

/// The only image of a question, as AWS's developer guide sends one ("Invoke multi-modal agents").
#[derive(Serialize)]
struct Media<'a> {
    r#type: &'static str,
    format: &'a str,
    data: Base64<'a>,
}

impl<'a> Media<'a> {
    fn of(files: &'a [File]) -> Option<Self> {
        let image = Self::image(files)?;
        let (_, format) = image.media_type.split_once('/')?;
        Some(Self {
            r#type: "image",
            format,
            data: Base64(&image.bytes),
        })
    }

    fn image(files: &[File]) -> Option<&File> {
        match files {
            [only] if only.media_type.starts_with("image/") => Some(only),
            _ => None,
        }
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
