//! What a runtime is asked with: the body of `InvokeAgentRuntime`, which AgentCore passes on as it is. Pure.

mod a2a;
mod ag_ui;
mod http;

#[cfg(test)]
mod tests;

use crate::agent::ask::Ask;
use crate::settings::agents::Protocol;

/// The body for a runtime that speaks `protocol`.
pub(super) fn payload(protocol: Protocol, ask: &Ask) -> serde_json::Result<Vec<u8>> {
    match protocol {
        Protocol::Http => http::payload(ask),
        Protocol::AgUi => ag_ui::payload(ask),
        Protocol::A2a => a2a::payload(ask),
    }
}
