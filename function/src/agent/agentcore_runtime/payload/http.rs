//! `{"prompt": …, "sessionId": …, "history": […]}`, of which Amazon's examples read `prompt`.

use serde::Serialize;

use super::conversation::{Message, history};
use crate::agent::ask::Ask;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Payload {
        prompt: &ask.question,
        session_id: &ask.session_id,
        history: history(ask).collect(),
    })
}
