//! The native request's options, which other dialects take beyond their own protocols.

use std::collections::HashMap;

use serde::Deserialize;

use crate::request::draft::Draft;
use crate::settings::TraceLevel;

/// All optional. Unknown members are ignored, because these protocols let clients send their own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    agent: Option<String>,
    memory_id: Option<String>,
    session_attributes: Option<HashMap<String, String>>,
    prompt_session_attributes: Option<HashMap<String, String>>,
    end_session: Option<bool>,
    trace: Option<TraceLevel>,
}

impl Options {
    /// A draft with these options and no question yet.
    pub(super) fn into_draft(self) -> Draft {
        Draft {
            agent: self.agent,
            memory_id: self.memory_id,
            session_attributes: self.session_attributes,
            prompt_session_attributes: self.prompt_session_attributes,
            end_session: self.end_session.unwrap_or_default(),
            trace: self.trace,
            ..Draft::default()
        }
    }
}
