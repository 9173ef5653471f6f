//! Halves of surrogate pairs: JavaScript cuts strings by UTF-16 unit, so that a message may end with one
//! half of a character and the next one begin with the other. Pure.
//!
//! A half has no place in a Rust string. Between the reader and the words that are told it is a private
//! character, and nothing else may be: such strings come from the lenient reader alone.

use serde_json::Value;

/// The private character of the unit 0xD800; those of all halves follow it.
const PRIVATE: u32 = 0x0010_f800;

/// Appends a UTF-16 unit to what the lenient reader has read of a string.
pub(super) fn push(string: &mut String, unit: u32) {
    let Some(character) = char::from_u32(unit) else {
        if is_low(unit)
            && let Some(high) = string.chars().next_back().and_then(half)
            && let Some(joined) = join(high, unit)
        {
            string.pop();
            string.push(joined);
            return;
        }
        string.extend(char::from_u32(PRIVATE + (unit - 0xd800)));
        return;
    };
    string.push(character);
}

/// Joins halves across messages.
#[derive(Debug, Default)]
pub(super) struct Halves(Option<u32>);

impl Halves {
    /// Whether nothing has to be done for a text without halves.
    pub(super) fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    /// `text` with the half that was left before it, and without one at its own end.
    pub(super) fn join(&mut self, text: &str, has_halves: bool) -> String {
        let mut joined = String::with_capacity(text.len() + 4);
        let mut open = self.0.take();
        for character in text.chars() {
            let unit = half(character).filter(|_| has_halves);
            match (open.take(), unit) {
                (Some(high), Some(low)) if is_low(low) => joined.extend(join(high, low)),
                (before, unit) => {
                    if before.is_some() {
                        joined.push(char::REPLACEMENT_CHARACTER);
                    }
                    match unit {
                        Some(low) if is_low(low) => joined.push(char::REPLACEMENT_CHARACTER),
                        Some(high) => open = Some(high),
                        None => joined.push(character),
                    }
                }
            }
        }
        self.0 = open;
        joined
    }

    /// What is told for a half whose other half never came.
    pub(super) fn end(&mut self) -> Option<char> {
        self.0.take().map(|_| char::REPLACEMENT_CHARACTER)
    }
}

/// Puts the replacement character in the place of each half.
pub(super) fn replace(value: &mut Value) {
    match value {
        Value::String(text) if text.chars().any(|character| half(character).is_some()) => {
            let replaced = |character| match half(character) {
                Some(_) => char::REPLACEMENT_CHARACTER,
                None => character,
            };
            *text = text.chars().map(replaced).collect();
        }
        Value::Array(values) => values.iter_mut().for_each(replace),
        Value::Object(members) => members.values_mut().for_each(replace),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The unit of a private character.
fn half(character: char) -> Option<u32> {
    let place = u32::from(character).checked_sub(PRIVATE)?;
    Some(0xd800 + place)
}

fn is_low(unit: u32) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// The character of two halves.
fn join(high: u32, low: u32) -> Option<char> {
    let is_pair = (0xd800..0xdc00).contains(&high) && is_low(low);
    let code = 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
    char::from_u32(code).filter(|_| is_pair)
}
