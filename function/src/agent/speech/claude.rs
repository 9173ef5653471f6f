//! The messages of the Claude Agent SDK, for Python and TypeScript, and Anthropic's events inside them.

use serde_json::Value;

use super::blocks::{is_message, results, whole};
use super::fields::{Object, flag, has, object, text, usage};
use super::heard::{Form, Heard};

/// Kinds of messages of the TypeScript SDK without anything for the user.
const BOOKKEEPING: [&str; 6] = [
    "rate_limit_event",
    "tool_progress",
    "auth_status",
    "tool_use_summary",
    "prompt_suggestion",
    "keep_alive",
];

/// Recognises a message by its type, or in Python by its members.
pub(super) fn recognise(message: &Object) -> Option<Vec<Heard>> {
    match text(message, "type") {
        Some(kind) => typescript(message, kind).or_else(|| anthropic(message, kind)),
        None => python(message),
    }
}

fn typescript(message: &Object, kind: &str) -> Option<Vec<Heard>> {
    match kind {
        "assistant" => Some(inside(message, assistant(object(message, "message")?)?)),
        "user" if message.get("message").is_some_and(is_message) => {
            Some(results(&message["message"]["content"]))
        }
        "result" if has(message, &["subtype"]) => Some(result(message)),
        "system" if has(message, &["subtype"]) => Some(vec![Heard::Bookkeeping]),
        "stream_event" => stream_event(message),
        kind if BOOKKEEPING.contains(&kind) && has(message, &["session_id"]) => {
            Some(vec![Heard::Bookkeeping])
        }
        _ => None,
    }
}

fn python(message: &Object) -> Option<Vec<Heard>> {
    if has(message, &["content", "model", "parent_tool_use_id"]) {
        return Some(inside(message, assistant(message)?));
    }
    if has(message, &["content", "parent_tool_use_id", "uuid"]) {
        return Some(results(message.get("content")?));
    }
    if has(message, &["subtype", "duration_ms", "is_error"]) {
        return Some(result(message));
    }
    if has(message, &["uuid", "session_id", "event"]) {
        return stream_event(message);
    }
    let is_bookkeeping = has(message, &["subtype", "data"])
        || has(message, &["rate_limit_info", "session_id"])
        || has(message, &["new_conversation_id", "session_id"]);
    is_bookkeeping.then(|| vec![Heard::Bookkeeping])
}

fn assistant(message: &Object) -> Option<Vec<Heard>> {
    let mut heard = whole(message.get("content")?, "claude.message");
    heard.push(Heard::Turn { agent: None });
    Some(heard)
}

/// What a subagent says is its own: it runs inside a call of a tool.
fn inside(message: &Object, heard: Vec<Heard>) -> Vec<Heard> {
    match text(message, "parent_tool_use_id") {
        Some(call) => heard.into_iter().map(|heard| heard.by(call)).collect(),
        None => heard,
    }
}

fn stream_event(message: &Object) -> Option<Vec<Heard>> {
    let event = object(message, "event")?;
    Some(inside(message, anthropic(event, text(event, "type")?)?))
}

fn result(message: &Object) -> Vec<Heard> {
    let mut heard = Vec::new();
    if flag(message, "is_error") {
        heard.push(Heard::failed(text(message, "subtype")));
        return heard;
    }
    if let Some(result) = message.get("result").filter(|result| result.is_string()) {
        heard.extend(whole(result, "claude.result"));
    }
    if let Some(output) = message
        .get("structured_output")
        .filter(|output| !output.is_null())
    {
        heard.push(Heard::data(output));
    }
    heard.extend(
        message
            .get("usage")
            .and_then(usage)
            .map(|usage| Heard::Usage { agent: None, usage }),
    );
    heard
}

/// An event of Anthropic's Messages API.
fn anthropic(event: &Object, kind: &str) -> Option<Vec<Heard>> {
    let agent = None;
    let block = event.get("index").map(Value::to_string).unwrap_or_default();
    let heard = match kind {
        "content_block_start" => {
            let begun = object(event, "content_block")?;
            match text(begun, "type")? {
                "tool_use" | "server_tool_use" => Heard::CallBegins {
                    agent,
                    block,
                    id: text(begun, "id")?.to_owned(),
                    name: text(begun, "name")?.to_owned(),
                },
                _ => Heard::Turn { agent },
            }
        }
        "content_block_delta" => {
            let delta = object(event, "delta")?;
            match text(delta, "type")? {
                "text_delta" => Heard::said(Form::Piece, text(delta, "text")?),
                "thinking_delta" => Heard::thought(Form::Piece, text(delta, "thinking")?),
                "input_json_delta" => Heard::CallInput {
                    agent,
                    block,
                    piece: text(delta, "partial_json")?.to_owned(),
                },
                "signature_delta" | "citations_delta" => Heard::Bookkeeping,
                _ => return None,
            }
        }
        "content_block_stop" if !block.is_empty() => {
            return Some(vec![
                Heard::CallEnds { agent, block },
                Heard::Turn { agent: None },
            ]);
        }
        "message_start" if has(event, &["message"]) => Heard::Turn { agent },
        // Of the SDK's helper; the deltas tell it.
        "text" | "thinking" | "input_json" if has(event, &["snapshot"]) => Heard::Bookkeeping,
        "message_delta" if has(event, &["delta", "usage"]) => Heard::Bookkeeping,
        "message_stop" | "ping" => Heard::Bookkeeping,
        _ => return None,
    };
    Some(vec![heard])
}
