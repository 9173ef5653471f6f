//! A2A: the JSON-RPC requests `message/stream` and `message/send` of its version 0.3.
//!
//! AgentCore passes on none of the caller's headers, and a server that is told no version takes a request for
//! one of version 0.3; servers of version 1.0 understand it as well, in Amazon's package too.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::written::written;
use crate::agent::ask::{Ask, Outcome, Response, Role, Turn};
use crate::agent::file::{Base64, File};
use crate::agent::resume::{self, Answer, Block};
use crate::client_json::{Json, is_object, text_of};

#[derive(Serialize)]
struct Request<'a> {
    jsonrpc: &'static str,
    id: &'a str,
    method: &'static str,
    params: Params<'a>,
}

#[derive(Serialize)]
struct Params<'a> {
    message: Message<'a>,
}

#[expect(clippy::struct_field_names, reason = "A2A's names")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    kind: &'static str,
    role: &'static str,
    message_id: &'a str,
    /// The session: the agent keeps its conversations by it.
    context_id: &'a str,
    /// The task that has asked what this message answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<&'a str>,
    parts: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Part<'a> {
    Text {
        text: Cow<'a, str>,
    },
    /// A structure.
    Data {
        data: Data<'a>,
    },
    File {
        file: Content<'a>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Sent(&'a RawValue),
    Answer(Block<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    name: &'a str,
    mime_type: &'a str,
    bytes: Base64<'a>,
}

/// A2A has no place for earlier turns, because the agent knows them; one that does not finds them here.
#[derive(Serialize)]
struct Metadata<'a> {
    history: Vec<Earlier<'a>>,
}

#[derive(Serialize)]
struct Earlier<'a> {
    role: &'static str,
    parts: Vec<Part<'a>>,
}

/// A text, and the files that come with it. A message has at least one part.
fn parts<'a>(text: &'a str, files: &'a [File]) -> Vec<Part<'a>> {
    let is_said = files.is_empty() || !text.trim().is_empty();
    let text = is_said.then(|| part(text));
    let files = files.iter().map(|file| Part::File {
        file: Content {
            name: &file.name,
            mime_type: &file.media_type,
            bytes: Base64(&file.bytes),
        },
    });
    text.into_iter().chain(files).collect()
}

fn part(text: &str) -> Part<'_> {
    Part::Text { text: text.into() }
}

/// What was answered to a task, which has one question unless its interrupts are named.
fn answer(response: &Response) -> serde_json::Result<Part<'_>> {
    if let (_, Some(interrupt)) = resume::task(&response.id) {
        let answer = Answer::of(&response.outcome)?;
        let data = Data::Answer(Block::new(interrupt, answer));
        return Ok(Part::Data { data });
    }
    Ok(match &response.outcome {
        Outcome::Output(Json(output)) => match text_of(output) {
            Some(text) => Part::Text { text },
            None if is_object(output) => Part::Data {
                data: Data::Sent(serde_json::from_str(output)?),
            },
            None => part(output),
        },
        Outcome::Failed(error) => part(error),
        Outcome::Approved => part("yes"),
        Outcome::Denied(reason) => part(reason.as_deref().unwrap_or("no")),
        Outcome::Cancelled => part("cancelled"),
    })
}

/// How the answer is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stream,
    /// In one piece.
    Send,
}

pub(super) fn payload(ask: &Ask, method: Method) -> serde_json::Result<Vec<u8>> {
    let history = ask
        .history
        .iter()
        .map(|Turn { role, text, files }| Earlier {
            role: match role {
                Role::User => "user",
                Role::Assistant => "agent",
            },
            parts: parts(text, files),
        });
    let metadata = (!ask.history.is_empty()).then(|| Metadata {
        history: history.collect(),
    });
    let request = Request {
        jsonrpc: "2.0",
        id: &ask.id,
        method: match method {
            Method::Stream => "message/stream",
            Method::Send => "message/send",
        },
        params: Params {
            message: Message {
                kind: "message",
                role: "user",
                message_id: &ask.id,
                context_id: &ask.session_id,
                task_id: ask.responses.first().map(|first| resume::task(&first.id).0),
                parts: match &*ask.responses {
                    [] => parts(&ask.question, &ask.files),
                    responses => responses.iter().map(answer).collect::<Result<_, _>>()?,
                },
                metadata,
            },
        },
    };
    written(ask, &request)
}
