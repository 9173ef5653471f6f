//! JSON objects that are not events of Strands: failures, and answers in one piece.

use serde_json::{Map, Value};

use super::converse::message_text;
use crate::agent::failure::{AgentError, Failure};

/// The error in an object: Amazon's package sends one under status 200 when the agent's code raises,
/// and Strands when its loop had to stop.
pub(super) fn in_band_error(object: &Map<String, Value>) -> Option<AgentError> {
    let has_error = object.get("error").is_some_and(is_error)
        || object.get("force_stop") == Some(&Value::Bool(true));
    if !has_error {
        return None;
    }
    // The text of the error may quote the question, so only its type, a class name, is logged.
    let kind = object.get("error_type").and_then(Value::as_str);
    let kind = kind.filter(|kind| is_class_name(kind));
    Some(AgentError::caused(
        Failure::AgentFailed,
        format!("the agent reported {}", kind.unwrap_or("an error")),
    ))
}

/// Many answers always have the member, mostly to say that nothing went wrong.
fn is_error(error: &Value) -> bool {
    match error {
        Value::Bool(is_error) => *is_error,
        Value::String(text) => !text.is_empty(),
        Value::Object(_) => true,
        Value::Null | Value::Number(_) | Value::Array(_) => false,
    }
}

/// Whether `kind` is safe to log: a class name has no room for a sentence.
fn is_class_name(kind: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_.".contains(character);
    kind.len() <= 80 && kind.chars().all(is_part)
}

/// The text of an answer in one piece, in the common shapes.
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
