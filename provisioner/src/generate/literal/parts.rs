//! What the languages share: the order of members, indentation, escapes.

use serde_json::{Map, Value};

/// Members in the order in which people write a policy; those of other maps by name.
pub(super) fn members(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    const POLICY: [&str; 8] = [
        "Version",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "Action",
        "Resource",
        "Condition",
    ];
    let mut members: Vec<_> = map.iter().collect();
    members.sort_by_key(|(key, _)| {
        let place = POLICY.iter().position(|known| known == key);
        (place.unwrap_or(POLICY.len()), (*key).clone())
    });
    members
}

/// A line that is indented.
pub(super) fn line(indent: usize, text: &str) -> String {
    format!("\n{:indent$}{text}", "")
}

/// A string in double quotes, with the escapes that all three languages share.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The same without the quotes.
pub(super) fn escaped(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            hidden if is_hidden(hidden) => format!("\\u{:04x}", u32::from(hidden)),
            other => other.to_string(),
        })
        .collect()
}

/// Control characters, and what some take for the end of a line or of nothing.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}
