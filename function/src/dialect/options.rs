//! The native request's options, which other dialects take beyond their own protocols.

use serde::Deserialize;

use crate::client_json::{AtMostEntries, plain};
use crate::request::draft::Draft;
use crate::settings::TraceLevel;

/// More attributes than any agent reads.
pub(super) const MOST_ATTRIBUTES: usize = 64;
/// More messages than any conversation that an agent can still read.
pub(super) const MOST_MESSAGES: usize = 2_000;
/// More parts than any message has.
pub(super) const MOST_PARTS: usize = 2_000;

/// More results than Bedrock takes, so that an answer to `returnControl` that has one too many is told so.
pub(super) const MOST_RESULTS: usize = 64;

/// All optional. Unknown members are ignored, because these protocols let clients send their own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Options {
    agent: Option<String>,
    memory_id: Option<String>,
    session_attributes: Option<AtMostEntries<String, MOST_ATTRIBUTES>>,
    prompt_session_attributes: Option<AtMostEntries<String, MOST_ATTRIBUTES>>,
    #[serde(deserialize_with = "plain")]
    end_session: Option<bool>,
    #[serde(deserialize_with = "plain")]
    trace: Option<TraceLevel>,
}

impl Options {
    /// A draft with these options and no question yet.
    pub(super) fn into_draft(self) -> Draft {
        Draft {
            agent: self.agent,
            memory_id: self.memory_id,
            session_attributes: self.session_attributes.map(|it| it.0),
            prompt_session_attributes: self.prompt_session_attributes.map(|it| it.0),
            end_session: self.end_session.unwrap_or_default(),
            trace: self.trace,
            ..Draft::default()
        }
    }
}
