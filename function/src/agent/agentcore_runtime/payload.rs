//! What a runtime is asked with: the body of `InvokeAgentRuntime`, which AgentCore passes on as it is. Pure.

mod a2a;
mod ag_ui;
mod http;

use crate::agent::ask::Ask;
use crate::settings::agents::Protocol;

/// The body for a runtime that speaks `protocol`.
pub(super) fn payload(protocol: Protocol, ask: &Ask) -> serde_json::Result<Vec<u8>> {
    match protocol {
        Protocol::Http => http::payload(ask),
        Protocol::AgUi => ag_ui::payload(ask),
        Protocol::A2a => a2a::payload(ask, a2a::Method::Stream),
    }
}

/// The body for a server of A2A that cannot stream.
pub(super) fn not_streamed(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    a2a::payload(ask, a2a::Method::Send)
}

#[cfg(test)]
mod tests;
