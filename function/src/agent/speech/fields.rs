//! The members of a message, by their type.

use serde_json::{Map, Value};

use crate::event::Usage;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A member that is a string.
pub(super) fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// A member that is an object.
pub(super) fn object<'a>(object: &'a Object, key: &str) -> Option<&'a Object> {
    object.get(key).and_then(Value::as_object)
}

/// The values of a member that is a list; none otherwise.
pub(super) fn list<'a>(object: &'a Object, key: &str) -> &'a [Value] {
    object
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Whether a member is `true`.
pub(super) fn flag(object: &Object, key: &str) -> bool {
    object.get(key) == Some(&Value::Bool(true))
}

/// Whether an object has all of these members.
pub(super) fn has(object: &Object, keys: &[&str]) -> bool {
    keys.iter().all(|key| object.contains_key(*key))
}

/// Whether an object has none but these members.
pub(super) fn only(object: &Object, keys: &[&str]) -> bool {
    object.keys().all(|key| keys.contains(&key.as_str()))
}

pub(super) fn is_object(value: &Value) -> bool {
    value.is_object()
}

/// The tokens in `usage`, by the first of each pair of names that it has.
pub(super) fn usage(usage: &Value) -> Option<Usage> {
    let tokens = |names: [&str; 5]| names.into_iter().find_map(|name| usage[name].as_u64());
    let input = tokens([
        "inputTokens",
        "input_tokens",
        "prompt_tokens",
        "promptTokenCount",
        "input_token_count",
    ]);
    let output = tokens([
        "outputTokens",
        "output_tokens",
        "completion_tokens",
        "candidatesTokenCount",
        "output_token_count",
    ]);
    match (input, output) {
        (None, None) => None,
        (input, output) => Some(Usage {
            input_tokens: input.unwrap_or(0),
            output_tokens: output.unwrap_or(0),
        }),
    }
}
