//! What a JSON object that is no event of Strands may be: a failure, or an answer in one piece.

use serde_json::{Map, Value};

use super::converse::message_text;
use crate::agent::failure::{AgentError, Failure};

/// What Amazon's package sends under status 200 when the agent's code has raised something, and
/// what Strands sends when its loop had to stop.
pub(super) fn in_band_error(object: &Map<String, Value>) -> Option<AgentError> {
    let is_error = object.get("error").is_some_and(tells_of_an_error)
        || object.get("force_stop") == Some(&Value::Bool(true));
    if !is_error {
        return None;
    }
    // Its text is the agent's own and may quote the question; its type is a class name.
    let kind = object.get("error_type").and_then(Value::as_str);
    let kind = kind.filter(|kind| is_class_name(kind));
    Some(AgentError::caused(
        Failure::AgentFailed,
        format!("the agent reported {}", kind.unwrap_or("an error")),
    ))
}

/// Many answers carry the member always, and say with it that nothing went wrong.
fn tells_of_an_error(error: &Value) -> bool {
    match error {
        Value::Bool(is_error) => *is_error,
        Value::String(text) => !text.is_empty(),
        Value::Object(_) => true,
        Value::Null | Value::Number(_) | Value::Array(_) => false,
    }
}

/// Whether it can be logged: nobody hides a sentence in one.
fn is_class_name(kind: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_.".contains(character);
    kind.len() <= 80 && kind.chars().all(is_part)
}

/// The text of an answer in one piece, in the shapes that agents commonly return.
pub(super) fn whole_answer(object: &Map<String, Value>) -> Option<String> {
    let keys = [
        "result",
        "response",
        "output",
        "answer",
        "completion",
        "message",
        "text",
    ];
    let found = keys.iter().find_map(|key| object.get(*key))?;
    match found {
        Value::String(text) => Some(text.clone()),
        message @ Value::Object(_) => Some(message_text(message)).filter(|text| !text.is_empty()),
        _ => None,
    }
}
