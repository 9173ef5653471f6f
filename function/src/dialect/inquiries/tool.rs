//! What an agent asks back, as clients know it: the call of a tool.

use std::borrow::Cow;

use serde_json::Value;

use crate::event::Inquiry;

/// The longest name that `OpenAI` allows a tool.
const LONGEST_NAME: usize = 64;

/// One call of a client's tool.
#[derive(Debug, PartialEq)]
pub(in crate::dialect) struct Call<'a> {
    pub(in crate::dialect) id: String,
    pub(in crate::dialect) name: String,
    pub(in crate::dialect) input: Cow<'a, Value>,
    /// The agent only asks whether it may do this, for clients that know such a question.
    pub(in crate::dialect) approval: Option<&'a Inquiry>,
}

/// A name in the letters that the name of a tool may have.
pub(super) fn tool_name(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    name.chars()
        .map(|letter| if allowed(letter) { letter } else { '_' })
        .take(LONGEST_NAME)
        .collect()
}
