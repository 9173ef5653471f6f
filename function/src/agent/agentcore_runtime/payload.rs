//! What a runtime is asked with. Written out of the texts where they are: a conversation may have megabytes.

mod conversation;
mod template;

use serde::Serialize;

use crate::agent::ask::Ask;
use crate::settings::agents::request::RequestTemplate;
use conversation::{Message, history};
use template::Filled;

/// As the deployment says it; else with `prompt`, which Amazon's examples read.
pub(super) fn payload(
    ask: &Ask,
    template: Option<&RequestTemplate>,
) -> serde_json::Result<Vec<u8>> {
    match template {
        Some(template) => serde_json::to_vec(&Filled::new(template.root(), ask)),
        None => serde_json::to_vec(&Payload {
            prompt: &ask.question,
            session_id: &ask.session_id,
            history: history(ask).collect(),
        }),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
}
