//! What the other dialects' clients may say beyond their own protocols, in the native words.

use std::collections::HashMap;

use serde::Deserialize;

use crate::request::question::Draft;
use crate::settings::TraceLevel;

/// Every one optional; those of other programs are passed over, as their clients expect.
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
    /// A request with these options and nothing asked yet.
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
