//! The regular expression that a text setting has to match, for `provision` and for editors alike.

use regex_lite::Regex;
use schemars::{Schema, json_schema};

/// What a text has to match; `expected` is said where it does not, by editors that know `patternErrorMessage`.
pub(super) fn schema(pattern: &str, expected: &str) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": pattern,
        "patternErrorMessage": format!("expected {expected}"),
    })
}

/// Whether the text matches; a test sees to it that every pattern is a regular expression.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}
