//! What a text looks like: JSON, an object, or how Python shows one.

use serde_json::Value;

use crate::agent::speech::notation;
use crate::agent::speech::vocabularies::{Recognised, framework};

/// What Python's notation of an event or of a message has, and no answer has.
const OF_EVENTS: [&str; 7] = [
    "'event_loop_cycle_id'",
    "'toolResult'",
    "'toolUse'",
    "'invocation_state'",
    " object at 0x",
    "Message(content=",
    "MessageChunk(content=",
];

/// Whether a text in Python's notation is an event or a message, whatever else is in it.
pub(super) fn is_of_event(text: &str) -> bool {
    OF_EVENTS.iter().any(|known| text.contains(known))
}

/// An object of a framework as Python prints its members: `content='…' additional_kwargs={} …`.
pub(super) fn printed(text: &str) -> Option<Recognised> {
    let (name, _) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.len() < 32;
    if !(is_name
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    {
        return None;
    }
    let mut value = notation::members(text)?;
    let members = value.as_object_mut()?;
    if !members.contains_key("type") && members.contains_key("additional_kwargs") {
        // Its class is not shown; only answers have the id of a run.
        let is_answer = |id: &str| id.starts_with("run-") || id.starts_with("lc_run-");
        let id = members.get("id").and_then(Value::as_str);
        let kind = if members.contains_key("tool_call_id") {
            "tool"
        } else if id.is_some_and(is_answer) {
            "AIMessageChunk"
        } else {
            "human"
        };
        members.insert("type".to_owned(), kind.into());
    }
    framework(&value, 0)
}

/// `Name(key=…`: what Python shows of an object.
pub(super) fn is_like_call(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('(') else {
        return false;
    };
    let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name
            .chars()
            .all(|part| part.is_alphanumeric() || part == '_');
    is_name
        && rest.split_once('=').is_some_and(|(key, _)| {
            key.chars()
                .all(|part| part.is_alphanumeric() || part == '_')
        })
}

pub(super) fn may_be_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with(['{', '[', '"', '-', 'N', 'I'])
        || text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether a text begins as an object with a key does.
pub(super) fn is_like_object(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let inner = text.strip_prefix('[').map_or(text, str::trim_start);
    let key = inner.strip_prefix('{').map(str::trim_start);
    key.is_some_and(|key| key.starts_with('"') && key.contains("\":"))
}
