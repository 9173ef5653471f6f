//! The id of an inquiry: all that is needed to bring its answer back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::event::InquiryKind;

/// The beginning of every id, by which a conversation's other calls are told from these.
const PREFIX: &str = "ask_";
/// The most inquiries that wait at once: more than any agent asks.
pub(in crate::dialect) const MOST_ANSWERS: usize = 64;
/// Much longer than any id that was written here.
const LONGEST: usize = 4096;

/// What an id says. Nothing in it is secret: its client has all of it anyway, and may write what it likes
/// into it, for no session but its own.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Token {
    #[serde(rename = "s")]
    pub(super) session_id: String,
    /// All inquiries that wait at once have the same.
    #[serde(rename = "v")]
    pub(super) invocation_id: String,
    /// The name of the agent that was asked.
    #[serde(rename = "a")]
    pub(super) agent: String,
    #[serde(rename = "i")]
    pub(super) index: usize,
    /// How many inquiries wait.
    #[serde(rename = "c")]
    pub(super) count: usize,
    #[serde(rename = "k")]
    pub(super) kind: InquiryKind,
    /// The agent's own id of the inquiry.
    #[serde(rename = "d")]
    pub(super) id: String,
    #[serde(rename = "n")]
    pub(super) name: String,
}

impl Token {
    pub(super) fn write(&self) -> String {
        // Can't fail: texts and numbers always become JSON.
        let json = serde_json::to_vec(self).unwrap_or_default();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads an id; `None` for any other one.
    pub(super) fn read(id: &str) -> Option<Self> {
        let code = id.strip_prefix(PREFIX)?;
        let json = (code.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.decode(code))?;
        let token: Self = serde_json::from_slice(&json.ok()?).ok()?;
        (token.index < token.count && token.count <= MOST_ANSWERS).then_some(token)
    }
}
