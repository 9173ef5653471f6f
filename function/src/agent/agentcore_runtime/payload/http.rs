//! `{"prompt": …, "sessionId": …, "history": […]}`, of which Amazon's examples read `prompt`.

use serde::Serialize;

use crate::agent::ask::{Ask, Role, Turn};

/// Written out of the texts where they are: a conversation may have megabytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: [Text<'a>; 1],
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let history = ask.history.iter().map(|Turn { role, text }| Message {
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: [Text { text }],
    });
    serde_json::to_vec(&Payload {
        prompt: &ask.question,
        session_id: &ask.session_id,
        history: history.collect(),
    })
}
