//! What a runtime is asked with: the body of `InvokeAgentRuntime`, which AgentCore passes on as it is. Pure. Written
//! out of the texts where they are: a conversation may have megabytes.

mod a2a;
mod ag_ui;
mod conversation;
mod http;
mod media;
mod template;

use serde::Serialize;

use crate::agent::ask::Ask;
use crate::agent::file;
use crate::refusal::Refusal;
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

/// Whether the body has all files that come with a question; `agent` is the name in the message.
pub(super) fn check(
    template: Option<&RequestTemplate>,
    ask: &Ask,
    agent: &str,
) -> Result<(), Refusal> {
    let passes_files = template.is_none_or(RequestTemplate::passes_files);
    if ask.files.is_empty() || passes_files {
        return Ok(());
    }
    let message = format!(
        "agent `{agent}` takes no files: the setting `request` has neither `${{files}}` nor `${{messages}}`"
    );
    Err(Refusal::new(400, "unsupported_content", message))
}

/// The JSON of a body. What grows on its way holds megabytes twice, so it begins with about its length.
fn written(ask: &Ask, body: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let texts: usize = ask.history.iter().map(|turn| turn.text.len() + 128).sum();
    let earlier = ask.history.iter().flat_map(|turn| &turn.files);
    let images = media::image(&ask.files);
    let files = file::length_in_json(earlier.chain(&ask.files).chain(images));
    let mut json = Vec::with_capacity(1024 + ask.question.len() + texts + files);
    serde_json::to_writer(&mut json, body)?;
    Ok(json)
}

/// The body for a server of A2A that cannot stream.
pub(super) fn not_streamed(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    a2a::payload(ask, a2a::Method::Send)
}

#[cfg(test)]
mod tests;
