//! Words that gateway.yaml lists: session attributes, scopes, groups, claims.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::values::{InvalidValue, TextVisitor, text_setting};

/// What the names begin with under which the function tells agents who calls.
const RESERVED: &str = "gateway";

text_setting!(
    /// A session attribute that callers may set.
    AttributeName,
    "a name of 1 to 256 characters without commas, which does not begin with `gateway`",
    |text| is_word(text)
        && !text
            .get(..RESERVED.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(RESERVED))
);

text_setting!(
    /// A scope, a group or the name of a claim.
    Word,
    "a word of 1 to 256 characters without commas",
    is_word
);

/// Lists of such words are told to the function with commas in between.
fn is_word(text: &str) -> bool {
    (1..=256).contains(&text.chars().count())
        && text.trim() == text
        && !text.contains(|c: char| c == ',' || c.is_control())
}
