//! `{"prompt": …, "sessionId": …, "files": […], "history": […]}`, of which Amazon's examples read `prompt`, and
//! `media` where there is an image.
//!
//! Answers to what the agent has asked back take the question's place, as Strands reads them; `resume` has
//! them as `LangGraph` does.

use serde::Serialize;
use serde_json::{Map, Value};

use super::conversation::{Message, history};
use super::media::Media;
use super::written;
use crate::agent::ask::Ask;
use crate::agent::file::Attached;
use crate::agent::resume;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: Prompt<'a>,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    resume: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Attached<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Media<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Prompt<'a> {
    Question(&'a str),
    Answers(Vec<Value>),
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let resume = resume::values(&ask.responses);
    let payload = Payload {
        prompt: if resume.is_empty() {
            Prompt::Question(&ask.question)
        } else {
            Prompt::Answers(resume::blocks(&resume))
        },
        session_id: &ask.session_id,
        resume,
        files: ask.files.iter().map(Attached::from).collect(),
        media: Media::of(&ask.files),
        history: history(ask).collect(),
    };
    written(ask, &payload)
}
