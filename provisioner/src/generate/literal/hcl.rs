//! HCL as `terraform fmt` leaves it: the equals signs of neighbouring lines are aligned.

use serde_json::Value;

use super::parts::{escaped, line, members};
use crate::generate::reference::{Piece, Reference, pieces};

pub(super) fn text(text: &str) -> String {
    let inner: String = pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => string(text),
            Piece::Reference(Reference::Partition) => {
                "${data.aws_partition.current.partition}".to_owned()
            }
            Piece::Reference(Reference::AccountId) => {
                "${data.aws_caller_identity.current.account_id}".to_owned()
            }
        })
        .collect();
    format!("\"{inner}\"")
}

/// With HCL's own templates switched off.
fn string(text: &str) -> String {
    escaped(text).replace("${", "$${").replace("%{", "%%{")
}

pub(super) fn block(value: &Value, indent: usize) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let members: Vec<(String, String)> = members(map)
                .into_iter()
                .map(|(key, value)| (name(key), block(value, indent + 2)))
                .collect();
            let mut lines = String::new();
            for neighbours in
                members.chunk_by(|(_, left), (_, right)| is_one_line(left) && is_one_line(right))
            {
                let width = neighbours.iter().map(|(key, _)| key.chars().count()).max();
                let width = width.unwrap_or_default();
                for (key, value) in neighbours {
                    lines += &line(indent + 2, &format!("{key:width$} = {value}"));
                }
            }
            format!("{{{lines}{}", line(indent, "}"))
        }
        Value::Array(items) if !is_short(items, indent) => {
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

/// Whether a list has only scalars, and few of them. `terraform fmt` leaves this to people.
fn is_short(items: &[Value], indent: usize) -> bool {
    const LONGEST: usize = 60;
    let is_scalar = |item: &Value| !item.is_object() && !item.is_array();
    items.iter().all(is_scalar)
        && items
            .iter()
            .map(|item| block(item, indent).len())
            .sum::<usize>()
            <= LONGEST
}

fn is_one_line(value: &str) -> bool {
    !value.contains('\n')
}

/// A key, quoted unless it is an identifier.
pub(super) fn name(key: &str) -> String {
    let is_identifier = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    if is_identifier {
        key.to_owned()
    } else {
        text(key)
    }
}
