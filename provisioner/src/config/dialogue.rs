//! How a runtime is asked and understood: `protocol`; and where its program speaks as no other, `request` and
//! `answer`.

mod answer;
mod request;

use serde_json::{Value, json};

pub use answer::{Answer, Pointer};
pub use request::Request;

use super::protocol::Protocol;

/// All of them; what is not given is as everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dialogue {
    pub protocol: Protocol,
    pub request: Option<Request>,
    pub answer: Option<Answer>,
}

impl Dialogue {
    /// Adds them to an agent, as the function reads it.
    pub(super) fn written_to(&self, agent: &mut Value) {
        let Self {
            protocol,
            request,
            answer,
        } = self;
        // Left out, so that a deployment of an earlier version is still the same.
        if *protocol != Protocol::default() {
            agent["protocol"] = json!(protocol);
        }
        if let Some(request) = request {
            agent["request"] = json!(request);
        }
        if let Some(answer) = answer {
            agent["answer"] = json!(answer);
        }
    }
}
