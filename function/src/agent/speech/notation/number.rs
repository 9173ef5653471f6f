//! Numbers, however large.

use serde_json::{Number, Value};

/// The number at the beginning of `text`, and what follows it; `null` where JSON has no such number.
pub(super) fn read(text: &str) -> Option<(Value, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        for word in ["Infinity", "NaN", "inf", "nan"] {
            if let Some(rest) = rest.strip_prefix(word) {
                return Some((Value::Null, rest));
            }
        }
    }
    if let Some(rest) = text.strip_prefix("0x") {
        let end = rest.find(|character: char| !character.is_ascii_hexdigit());
        return Some((Value::Null, rest.split_at(end.unwrap_or(rest.len())).1));
    }
    let is_part = |character: char| character.is_ascii_digit() || "+-.eE_".contains(character);
    let end = text.find(|character| !is_part(character));
    let (written, rest) = text.split_at(end.unwrap_or(text.len()));
    let value = if let Ok(number) = serde_json::from_str::<Number>(written) {
        Value::Number(number)
    } else {
        // Too large for JSON in Rust, or Python's `1.`.
        let number: f64 = written.parse().ok()?;
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    };
    Some((value, rest))
}
