//! Messages and usage in the shape of Bedrock's Converse API, which Strands uses throughout.

use serde_json::Value;

use crate::event::{Event, ToolCall, ToolResult, Usage};

/// The text of a message: that of all its blocks.
pub(super) fn message_text(message: &Value) -> String {
    blocks(message)
        .filter_map(|block| block["text"].as_str())
        .collect()
}

/// The tool calls and results of a message.
pub(super) fn tool_events<'a>(
    agent: &'a str,
    message: &'a Value,
) -> impl Iterator<Item = Event> + 'a {
    blocks(message).filter_map(move |block| {
        let (call, result) = (&block["toolUse"], &block["toolResult"]);
        if let Some(id) = call["toolUseId"].as_str() {
            return Some(Event::ToolCall(ToolCall {
                agent: agent.to_owned(),
                id: id.to_owned(),
                name: call["name"].as_str().unwrap_or("unknown").to_owned(),
                input: call["input"].clone(),
            }));
        }
        let id = result["toolUseId"].as_str()?;
        Some(Event::ToolResult(ToolResult {
            agent: agent.to_owned(),
            id: id.to_owned(),
            output: result["content"].clone(),
            failed: result["status"] == "error",
        }))
    })
}

/// The tokens in `usage`, if there are any.
pub(super) fn usage(usage: &Value) -> Option<Usage> {
    let tokens = |name: &str| usage[name].as_u64();
    match (tokens("inputTokens"), tokens("outputTokens")) {
        (None, None) => None,
        (input, output) => Some(Usage {
            input_tokens: input.unwrap_or(0),
            output_tokens: output.unwrap_or(0),
        }),
    }
}

fn blocks(message: &Value) -> impl Iterator<Item = &Value> {
    message["content"].as_array().into_iter().flatten()
}
