//! How a runtime is asked and understood whose program speaks as no other: `request` and `answer`.

mod answer;
mod request;

use serde_json::{Value, json};

pub use answer::{Answer, Pointer};
pub use request::Request;

/// Both; what is not given is as everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dialogue {
    pub request: Option<Request>,
    pub answer: Option<Answer>,
}

impl Dialogue {
    /// Adds them to an agent, as the function reads it.
    pub(super) fn written_to(&self, agent: &mut Value) {
        let Self { request, answer } = self;
        if let Some(request) = request {
            agent["request"] = json!(request);
        }
        if let Some(answer) = answer {
            agent["answer"] = json!(answer);
        }
    }
}
