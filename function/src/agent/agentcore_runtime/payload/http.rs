//! `{"prompt": …, "sessionId": …, "files": […], "history": […]}`, of which Amazon's examples read `prompt`, and
//! `media` where there is an image.
//!
//! Answers to what the agent has asked back take the question's place, as Strands reads them; `resume` has
//! them as `LangGraph` does.

use serde::Serialize;

use super::conversation::{Message, history};
use super::media::Media;
use super::written::written;
use crate::agent::ask::Ask;
use crate::agent::file::Attached;
use crate::agent::resume::{Answers, Block};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: Prompt<'a>,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Answers::is_empty")]
    resume: &'a Answers<'a>,
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
    Answers(Vec<Block<'a>>),
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let answers = Answers::of(&ask.responses)?;
    let payload = Payload {
        prompt: if answers.is_empty() {
            Prompt::Question(&ask.question)
        } else {
            Prompt::Answers(answers.blocks().collect())
        },
        session_id: &ask.session_id,
        resume: &answers,
        files: ask.files.iter().map(Attached::from).collect(),
        media: Media::of(&ask.files),
        history: history(ask).collect(),
    };
    written(ask, &payload)
}
