//! What a runtime is asked with: the body of `InvokeAgentRuntime`, which AgentCore passes on as it is. Pure. Written
//! out of the texts where they are: a conversation may have megabytes.

mod a2a;
mod ag_ui;
mod conversation;
mod http;
mod template;

use crate::agent::ask::Ask;
use crate::settings::agents::Protocol;
use crate::settings::agents::request::RequestTemplate;

/// The body as the deployment's own `template` has it, or else as the protocol has it.
pub(super) fn payload(
    protocol: Protocol,
    template: Option<&RequestTemplate>,
    ask: &Ask,
) -> serde_json::Result<Vec<u8>> {
    match (template, protocol) {
        (Some(template), _) => template::payload(template, ask),
        (None, Protocol::Http) => http::payload(ask),
        (None, Protocol::AgUi) => ag_ui::payload(ask),
        (None, Protocol::A2a) => a2a::payload(ask, a2a::Method::Stream),
    }
}

/// The body for a server of A2A that cannot stream.
pub(super) fn not_streamed(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    a2a::payload(ask, a2a::Method::Send)
}

#[cfg(test)]
mod tests;
