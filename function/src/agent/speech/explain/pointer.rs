//! Where the words for the user may be in a message that nobody knows. Pure.

use serde_json::Value;

use crate::agent::speech::own::{ANSWERS, BESIDE};

/// Further names that programs have for text.
const TEXTS: [&str; 12] = [
    "txt",
    "msg",
    "body",
    "reply",
    "value",
    "words",
    "say",
    "speech",
    "utterance",
    "markdown",
    "final_answer",
    "generated_text",
];

/// More strings than these make nothing obvious.
const MOST: usize = 16;

/// The JSON Pointer of the one string that is obviously text: the only one, or the only one with such a name.
pub(super) fn to_text(message: &Value) -> Option<String> {
    let mut found = Vec::new();
    strings(message, &mut String::new(), &mut found);
    let is_text = |pointer: &&String| {
        let name = pointer
            .rsplit('/')
            .find(|part| part.parse::<usize>().is_err());
        name.is_some_and(|name| ANSWERS.contains(&name) || TEXTS.contains(&name))
    };
    let mut named = found.iter().filter(is_text);
    match (found.as_slice(), named.next(), named.next()) {
        ([only], ..) => Some(only.clone()),
        (_, Some(named), None) => Some(named.clone()),
        _ => None,
    }
}

/// The pointers of all strings but those that go with any answer.
fn strings(value: &Value, path: &mut String, found: &mut Vec<String>) {
    if found.len() > MOST {
        return;
    }
    let length = path.len();
    match value {
        Value::String(text) if !text.is_empty() && !path.is_empty() => found.push(path.clone()),
        Value::Object(members) => {
            let members = members
                .iter()
                .filter(|(key, _)| !BESIDE.contains(&key.as_str()));
            for (key, value) in members {
                path.push('/');
                path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                strings(value, path, found);
                path.truncate(length);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                strings(value, path, found);
                path.truncate(length);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_one_obvious_string_is_found() {
        for (message, pointer) in [
            (
                json!({"payload": {"x": "words"}, "seq": 1}),
                Some("/payload/x"),
            ),
            (
                json!({"type": "tok", "a": [{"b": "words"}]}),
                Some("/a/0/b"),
            ),
            (
                json!({"who": "MAGI", "msg": {"txt": "words"}}),
                Some("/msg/txt"),
            ),
            (json!({"a/b~c": "words"}), Some("/a~1b~0c")),
            (json!({"who": "MAGI", "what": "words"}), None),
            (json!({"text": "a", "content": "b"}), None),
            (json!({"type": "start", "n": 1}), None),
            (json!({"text": ""}), None),
            (json!(["a", "b"]), None),
        ] {
            assert_eq!(to_text(&message).as_deref(), pointer, "{message}");
        }
    }
}
