//! What came back of a call: the answer of a tool or of somebody.

use std::borrow::Cow;

use crate::agent::Outcome;
use crate::client_json::{self, Json};
use crate::event::InquiryKind;
use crate::refusal::Refusal;
use crate::request::draft::Draft;

/// An answer to one call.
#[derive(Debug, PartialEq)]
pub(in crate::dialect) struct Answered<'a> {
    pub(in crate::dialect) id: String,
    /// The JSON of the call's input, as it came back.
    pub(in crate::dialect) input: Cow<'a, str>,
    pub(in crate::dialect) output: Output<'a>,
}

/// What a tool, or somebody, has answered.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::dialect) enum Output<'a> {
    /// The JSON of a value.
    Json(&'a str),
    /// A text of a protocol in which every answer is one: it may be the JSON of something else.
    Content(String),
    Failed(String),
    Approved,
    Denied(Option<String>),
    Cancelled,
}

impl<'a> Output<'a> {
    /// The text of a tool's answer: one that is none, as its JSON.
    pub(super) fn text(json: &'a str) -> Cow<'a, str> {
        client_json::text_of(json).unwrap_or(Cow::Borrowed(json))
    }

    /// The answer as an agent gets it that has asked for a thing of this kind.
    pub(super) fn into_outcome(self, kind: InquiryKind) -> Outcome {
        let decided = match &self {
            _ if kind != InquiryKind::Approval => None,
            Self::Content(word) => approval(word),
            Self::Json(json) => approval(&Self::text(json)),
            _ => None,
        };
        match decided {
            Some(true) => return Outcome::Approved,
            Some(false) => return Outcome::Denied(None),
            None => {}
        }
        match self {
            Self::Content(json)
                if kind != InquiryKind::Call && client_json::is_object_or_list(&json) =>
            {
                Outcome::Output(Json(client_json::mended(json)))
            }
            // Can't fail: texts always become JSON.
            Self::Content(said) => {
                Outcome::Output(Json(serde_json::to_string(&said).unwrap_or_default()))
            }
            Self::Json(json) => Outcome::Output(Json(json.to_owned())),
            Self::Failed(error) => Outcome::Failed(error),
            Self::Approved => Outcome::Approved,
            Self::Denied(reason) => Outcome::Denied(reason),
            Self::Cancelled => Outcome::Cancelled,
        }
    }
}

/// A yes or a no.
pub(super) fn approval(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "approve" | "approved" | "confirm" => Some(true),
        "false" | "no" | "deny" | "denied" | "reject" | "rejected" => Some(false),
        _ => None,
    }
}

/// An answer belongs to the session in which it was asked for.
pub(super) fn of_session(draft: &mut Draft, session_id: String) -> Result<(), Refusal> {
    match &draft.session_id {
        Some(sent) if *sent != session_id => {
            let message = "this answers an agent in another session; nothing is asked in this one";
            Err(refused(message.to_owned()))
        }
        _ => {
            draft.session_id = Some(session_id);
            Ok(())
        }
    }
}

pub(super) fn refused(message: String) -> Refusal {
    Refusal::new(400, "invalid_return_control", message)
}
