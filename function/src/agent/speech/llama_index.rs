//! The events of `LlamaIndex`'s agents (`handler.stream_events()`), which have no type: their members tell.

use serde_json::Value;

use super::blocks::{text_of, whole};
use super::fields::{Object, has, list, object, text};
use super::heard::{Form, Heard};

/// The classes of events.
const CLASSES: [&str; 7] = [
    "AgentInput",
    "AgentSetup",
    "AgentStream",
    "AgentOutput",
    "ToolCall",
    "ToolCallResult",
    "StopEvent",
];

/// Recognises an event by its members.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    // As LlamaIndex's own JSON serializer wraps it.
    if let Some(value) = object(event, "value")
        && text(event, "qualified_name").is_some_and(|name| name.starts_with("llama_index."))
    {
        return recognise(value);
    }
    // As authors write it: the class, and the event.
    if let (Some(class), Some(data)) = (text(event, "event"), object(event, "data"))
        && CLASSES.contains(&class)
    {
        return recognise(data);
    }
    if let Some(result) = object(event, "result").filter(|result| is_output(result)) {
        return output(result, "llama-index.result");
    }
    if has(event, &["step_name", "exception", "attempts"]) {
        let exception = object(event, "exception");
        let class = exception.and_then(|exception| text(exception, "exception_type"));
        return Some(vec![Heard::failed(class)]);
    }
    if has(
        event,
        &["delta", "response", "current_agent_name", "tool_calls"],
    ) {
        return Some(stream(event));
    }
    if is_output(event) {
        return output(event, "llama-index.output");
    }
    if has(event, &["tool_name", "tool_kwargs", "tool_id"]) {
        return tool(event);
    }
    // What the agent is asked with, and what goes into its model.
    if has(event, &["input", "current_agent_name"]) {
        return Some(vec![Heard::Bookkeeping, Heard::Turn { agent: None }]);
    }
    None
}

fn is_output(event: &Object) -> bool {
    has(event, &["response", "current_agent_name", "tool_calls"])
}

fn stream(event: &Object) -> Vec<Heard> {
    let thought = text(event, "thinking_delta").filter(|thought| !thought.is_empty());
    let thought = thought.map(|thought| Heard::thought(Form::Piece, thought));
    let said = text(event, "delta").filter(|said| !said.is_empty());
    let said = said.map(|said| Heard::said(Form::Piece, said));
    thought.into_iter().chain(said).collect()
}

/// The end of a round: the model's whole message.
fn output(event: &Object, name: &'static str) -> Option<Vec<Heard>> {
    let response = object(event, "response")?;
    let blocks = response.get("blocks").or_else(|| response.get("content"))?;
    let blocks: Vec<_> = match blocks {
        Value::Array(blocks) => blocks.iter().map(without_tag).collect(),
        text => vec![text.clone()],
    };
    let mut heard = whole(&Value::Array(blocks), name);
    heard.push(Heard::Turn { agent: None });
    Some(heard)
}

/// `LlamaIndex`'s blocks call their type so; a call of a tool comes as an event of its own.
fn without_tag(block: &Value) -> Value {
    match (block["block_type"].as_str(), block["text"].as_str()) {
        (Some("text"), Some(text)) => text.into(),
        (Some("thinking"), _) => serde_json::json!({"thinking": block["content"]}),
        (Some("tool_call"), _) => serde_json::json!({"cachePoint": null}),
        _ => block.clone(),
    }
}

fn tool(event: &Object) -> Option<Vec<Heard>> {
    let id = text(event, "tool_id")?.to_owned();
    let heard = match object(event, "tool_output") {
        Some(output) => Heard::Result {
            agent: None,
            id,
            name: None,
            output: output
                .get("blocks")
                .and_then(text_of)
                .or_else(|| text(output, "content").map(ToOwned::to_owned))
                .map_or(Value::Null, Value::String),
            failed: output.get("is_error") == Some(&Value::Bool(true)),
        },
        None if list(event, "tool_output").is_empty() => Heard::Call {
            agent: None,
            id,
            name: text(event, "tool_name")?.to_owned(),
            input: event.get("tool_kwargs")?.clone(),
        },
        None => return None,
    };
    Some(vec![heard])
}
