//! The turns of a conversation, as `Converse` and Strands write them.

use serde::Serialize;

use crate::agent::ask::{Ask, Role, Turn};

/// One turn.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    role: &'static str,
    content: [Text<'a>; 1],
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

/// The turns before the question.
pub(super) fn history(ask: &Ask) -> impl Iterator<Item = Message<'_>> {
    ask.history
        .iter()
        .map(|Turn { role, text }| message(*role, text))
}

/// The turns before the question, and the question, if one is asked.
pub(super) fn messages(ask: &Ask) -> impl Iterator<Item = Message<'_>> {
    let question = ask.responses.is_empty();
    history(ask).chain(question.then(|| message(Role::User, &ask.question)))
}

fn message(role: Role, text: &str) -> Message<'_> {
    Message {
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: [Text { text }],
    }
}
