//! YAML for CloudFormation. A plain word stays plain; what YAML could take for something else is
//! quoted, also for the readers of YAML 1.1, to which `on` is true and `2012-10-17` a date.

use serde_json::Value;

use super::parts::{is_hidden, line, members, quoted};
use crate::generate::reference::{Piece, Reference, pieces};

/// Words that are no strings to YAML 1.1 or 1.2.
const NOT_STRINGS: [&str; 11] = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
];

pub(super) fn text(text: &str) -> String {
    let pieces = pieces(text);
    if !pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Reference(_)))
    {
        return string(text);
    }
    let substituted: String = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.replace("${", "${!"),
            Piece::Reference(Reference::Partition) => "${AWS::Partition}".to_owned(),
            Piece::Reference(Reference::AccountId) => "${AWS::AccountId}".to_owned(),
        })
        .collect();
    format!("!Sub {}", string(&substituted))
}

fn string(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.contains('"') && !text.contains('\\') && !text.chars().any(is_hidden) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

fn is_plain(text: &str) -> bool {
    let first = |character: char| character.is_ascii_alphabetic() || character == '/';
    text.starts_with(first)
        && !text.ends_with(':')
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-./:".contains(character))
        && !NOT_STRINGS.contains(&text.to_ascii_lowercase().as_str())
}

pub(super) fn block(value: &Value, indent: usize) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => members(map)
            .into_iter()
            .map(|(key, value)| format!("{}:{}", string(key), member(value, indent + 2)))
            .collect::<Vec<_>>()
            .join(&line(indent, "")),
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| format!("- {}", block(item, indent + 2)))
            .collect::<Vec<_>>()
            .join(&line(indent, "")),
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// What comes after a key and its colon.
fn member(value: &Value, indent: usize) -> String {
    let is_nested = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_nested {
        line(indent, &block(value, indent))
    } else {
        format!(" {}", block(value, indent))
    }
}
