//! The turns of a conversation, as `Converse` and Strands write them.

use serde::Serialize;

use crate::agent::ask::{Ask, Role, Turn};
use crate::agent::file::{Attached, File};

/// One turn.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    role: &'static str,
    content: [Text<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Attached<'a>>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

/// The turns before the question.
pub(super) fn history(ask: &Ask) -> impl Iterator<Item = Message<'_>> {
    ask.history
        .iter()
        .map(|Turn { role, text, files }| message(*role, text, files))
}

/// The turns before the question, and the question, if one is asked.
pub(super) fn messages(ask: &Ask) -> impl Iterator<Item = Message<'_>> {
    let question = ask.responses.is_empty();
    history(ask).chain(question.then(|| message(Role::User, &ask.question, &ask.files)))
}

fn message<'a>(role: Role, text: &'a str, files: &'a [File]) -> Message<'a> {
    Message {
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: [Text { text }],
        files: files.iter().map(Attached::from).collect(),
    }
}
