//! TypeScript as Prettier leaves it.

use serde_json::Value;

use super::parts::{escaped, line, members, quoted};
use crate::generate::reference::{Piece, Reference, pieces};

/// Prettier's.
const LINE_WIDTH: usize = 80;

pub(super) fn text(text: &str) -> String {
    let pieces = pieces(text);
    if !has_references(&pieces) {
        return string(text);
    }
    let inner: String = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => escaped(text)
                .replace("\\\"", "\"")
                .replace('`', "\\`")
                .replace("${", "\\${"),
            Piece::Reference(Reference::Partition) => "${Aws.PARTITION}".to_owned(),
            Piece::Reference(Reference::AccountId) => "${Aws.ACCOUNT_ID}".to_owned(),
        })
        .collect();
    format!("`{inner}`")
}

fn has_references(pieces: &[Piece<'_>]) -> bool {
    pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Reference(_)))
}

/// In the quotes that need fewer escapes.
fn string(text: &str) -> String {
    if text.matches('"').count() > text.matches('\'').count() {
        let inner = escaped(text).replace("\\\"", "\"").replace('\'', "\\'");
        format!("'{inner}'")
    } else {
        quoted(text)
    }
}

pub(super) fn block(value: &Value, indent: usize) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let lines: String = members(map)
                .into_iter()
                .map(|(key, value)| line(indent + 2, &member(&name(key), value, indent + 2)))
                .collect();
            format!("{{{lines}{}", line(indent, "}"))
        }
        Value::Array(items) if items.iter().any(is_nested) => {
            let lines: String = items
                .iter()
                .map(|item| line(indent + 2, &format!("{},", block(item, indent + 2))))
                .collect();
            format!("[{lines}{}", line(indent, "]"))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| block(item, indent)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// `key: value,`, broken where a line gets too long and can be broken.
pub(in crate::generate) fn member(key: &str, value: &Value, indent: usize) -> String {
    let on_one_line = format!("{key}: {},", block(value, indent));
    let fits = on_one_line.contains('\n') || indent + on_one_line.chars().count() <= LINE_WIDTH;
    match value {
        Value::Array(items) if !fits => {
            let lines: String = items
                .iter()
                .map(|item| line(indent + 2, &format!("{},", block(item, indent + 2))))
                .collect();
            format!("{key}: [{lines}{}", line(indent, "],"))
        }
        Value::String(string) if !fits && !has_references(&pieces(string)) => {
            format!("{key}:{}", line(indent + 2, &format!("{},", text(string))))
        }
        _ => on_one_line,
    }
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// A key, quoted unless it is an identifier.
pub(super) fn name(key: &str) -> String {
    let is_identifier = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_');
    if is_identifier {
        key.to_owned()
    } else {
        string(key)
    }
}
