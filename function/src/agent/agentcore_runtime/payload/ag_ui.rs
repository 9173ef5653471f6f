//! AG-UI: `RunAgentInput`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::written::written;
use crate::agent::ask::{Ask, Role, RunInput, Turn};
use crate::agent::file::{Base64, File};
use crate::agent::resume::{Answer, Answers};
use crate::client_json::Json;

/// The members that only some servers can do without are always there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput<'a> {
    thread_id: &'a str,
    run_id: &'a str,
    state: &'a RawValue,
    messages: Vec<Message<'a>>,
    tools: &'a RawValue,
    context: &'a RawValue,
    forwarded_props: &'a RawValue,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resume: Vec<Resumed<'a>>,
}

/// The answer to one interrupt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resumed<'a> {
    interrupt_id: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Answer(&'a Answer<'a>),
    Decided {
        approved: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Message<'a> {
    /// As a client of AG-UI has sent it.
    Sent(&'a RawValue),
    Made {
        id: String,
        role: &'static str,
        content: Content<'a>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

/// A part as AG-UI 1.0 has it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Part<'a> {
    Text { text: &'a str },
    Image(FilePart<'a>),
    Audio(FilePart<'a>),
    Video(FilePart<'a>),
    Document(FilePart<'a>),
}

#[derive(Serialize)]
struct FilePart<'a> {
    source: Source<'a>,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    r#type: &'static str,
    value: Base64<'a>,
    mime_type: &'a str,
}

/// Where AG-UI's own client puts the name.
#[derive(Serialize)]
struct Metadata<'a> {
    filename: &'a str,
}

impl<'a> Content<'a> {
    fn of(text: &'a str, files: &'a [File]) -> Self {
        if files.is_empty() {
            return Self::Text(text);
        }
        let text = (!text.trim().is_empty()).then_some(Part::Text { text });
        Self::Parts(text.into_iter().chain(files.iter().map(Part::of)).collect())
    }
}

impl<'a> Part<'a> {
    fn of(file: &'a File) -> Self {
        let part = FilePart {
            source: Source {
                r#type: "data",
                value: Base64(&file.bytes),
                mime_type: &file.media_type,
            },
            metadata: Metadata {
                filename: &file.name,
            },
        };
        match file.media_type.split('/').next() {
            Some("image") => Self::Image(part),
            Some("audio") => Self::Audio(part),
            Some("video") => Self::Video(part),
            _ => Self::Document(part),
        }
    }
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let sent = ask.run_input.as_deref();
    let member = |of: fn(&RunInput) -> &Option<Json>, otherwise| {
        let json = sent.and_then(|sent| of(sent).as_ref());
        raw(json.map_or(otherwise, |Json(json)| json))
    };
    let messages = match sent {
        Some(sent) => {
            let messages = sent.messages.iter();
            let raw = messages.map(|Json(message)| raw(message).map(Message::Sent));
            raw.collect::<Result<_, _>>()?
        }
        None => messages(ask),
    };
    let answers = Answers::of(&ask.responses)?;
    let input = RunAgentInput {
        thread_id: &ask.session_id,
        run_id: &ask.id,
        state: member(|sent| &sent.state, "{}")?,
        messages,
        tools: member(|sent| &sent.tools, "[]")?,
        context: member(|sent| &sent.context, "[]")?,
        forwarded_props: member(|sent| &sent.forwarded_props, "{}")?,
        resume: answers.iter().map(resumed).collect(),
    };
    written(ask, &input)
}

fn resumed<'a>((interrupt_id, answer): &'a (&str, Answer<'a>)) -> Resumed<'a> {
    let decided = |approved, reason| Some(Payload::Decided { approved, reason });
    let (status, payload) = match answer {
        Answer::Cancelled => ("cancelled", None),
        Answer::Approved => ("resolved", decided(true, None)),
        Answer::Denied(reason) => ("resolved", decided(false, *reason)),
        Answer::Said(_) | Answer::Failed(_) | Answer::Decisions(_) => {
            ("resolved", Some(Payload::Answer(answer)))
        }
    };
    Resumed {
        interrupt_id,
        status,
        payload,
    }
}

fn raw(json: &str) -> serde_json::Result<&RawValue> {
    serde_json::from_str(json)
}

/// The conversation. Servers that keep it themselves know each message by its id: a turn has the same one
/// whenever it comes, and a question that comes without the turns before it one of its own, because a known id
/// with another text is an edit to them, after which they forget what followed.
fn messages(ask: &Ask) -> Vec<Message<'_>> {
    let id = |index| format!("{}-{index}", ask.session_id);
    let turns = ask.history.iter().enumerate();
    let turns = turns.map(|(index, Turn { role, text, files })| Message::Made {
        id: id(index),
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: Content::of(text, files),
    });
    let is_asked = !ask.question.is_empty() || !ask.files.is_empty();
    let question = is_asked.then(|| Message::Made {
        id: match ask.history.len() {
            0 => ask.id.clone(),
            index => id(index),
        },
        role: "user",
        content: Content::of(&ask.question, &ask.files),
    });
    turns.chain(question).collect()
}
