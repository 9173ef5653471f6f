//! `{"prompt": …, "sessionId": …, "files": […], "history": […]}`, of which Amazon's examples read `prompt`, and
//! `media` where there is an image.

use serde::Serialize;

use super::conversation::{Message, history};
use super::media::Media;
use super::written;
use crate::agent::ask::Ask;
use crate::agent::file::Attached;

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

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let payload = Payload {
        prompt: &ask.question,
        session_id: &ask.session_id,
        files: ask.files.iter().map(Attached::from).collect(),
        media: Media::of(&ask.files),
        history: history(ask).collect(),
    };
    written(ask, &payload)
}
