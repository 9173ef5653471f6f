//! The chunks of the Vercel AI SDK: its UI message stream, and the parts of `fullStream`; and Mastra's.

use serde_json::Value;

use super::fields::{Object, flag, has, object, text, usage};
use super::heard::{Form, Heard};
use crate::event::{Inquiry, InquiryKind};

/// Chunks without anything for the user that other chunks do not tell, each with a member that it has
/// besides its type; an object of one's own may have the same type.
const BOOKKEEPING: [(&str, &str); 13] = [
    ("text-start", "id"),
    ("text-end", "id"),
    ("reasoning-start", "id"),
    ("reasoning-end", "id"),
    ("tool-input-end", "id"),
    ("start", "messageId"),
    ("finish", "finishReason"),
    ("finish-step", "usage"),
    ("start-step", "request"),
    ("message-metadata", "messageMetadata"),
    ("tool-output-denied", "toolCallId"),
    ("raw", "rawValue"),
    ("response-metadata", "modelId"),
];

/// Chunks that have only their type.
const BARE: [&str; 5] = ["start", "start-step", "finish-step", "finish", "abort"];

/// Recognises a chunk by its type and the members that it has there.
pub(super) fn recognise(chunk: &Object) -> Option<Vec<Heard>> {
    let agent = None;
    let kind = text(chunk, "type")?;
    if has(chunk, &["runId", "from"])
        && let Some(payload) = object(chunk, "payload")
    {
        return mastra(kind, payload);
    }
    let delta = || text(chunk, "delta").or_else(|| text(chunk, "text"));
    let call = || {
        text(chunk, "toolCallId")
            .or_else(|| text(chunk, "id"))
            .map(ToOwned::to_owned)
    };
    let heard = match kind {
        "text-delta" if chunk.contains_key("id") => Heard::said(Form::Piece, delta()?),
        "reasoning-delta" if chunk.contains_key("id") => Heard::thought(Form::Piece, delta()?),
        "tool-input-start" => Heard::CallBegins {
            agent,
            block: call()?,
            id: call()?,
            name: text(chunk, "toolName")?.to_owned(),
        },
        "tool-input-delta" => Heard::CallInput {
            agent,
            block: call()?,
            piece: text(chunk, "inputTextDelta")
                .or_else(|| text(chunk, "delta"))?
                .to_owned(),
        },
        "tool-input-available" | "tool-call" | "tool-input-error" => Heard::Call {
            agent,
            id: call()?,
            name: text(chunk, "toolName")?.to_owned(),
            input: chunk
                .get("input")
                .or_else(|| chunk.get("args"))
                .cloned()
                .unwrap_or(Value::Null),
        },
        "tool-output-available" | "tool-result" if flag(chunk, "preliminary") => Heard::Bookkeeping,
        "tool-output-available" | "tool-result" => Heard::Result {
            agent,
            id: call()?,
            name: None,
            output: chunk.get("output").or_else(|| chunk.get("result"))?.clone(),
            failed: false,
        },
        "tool-output-error" | "tool-error" => Heard::Result {
            agent,
            id: call()?,
            name: None,
            output: chunk
                .get("errorText")
                .or_else(|| chunk.get("error"))?
                .clone(),
            failed: true,
        },
        "tool-approval-request" => approval(chunk)?,
        "error" if chunk.contains_key("errorText") => Heard::failed(None),
        // A part of `fullStream`; an `Error` has nothing in JSON.
        "error" if chunk.len() == 2 && chunk.contains_key("error") => Heard::failed(None),
        "finish" if text(chunk, "finishReason") == Some("error") => Heard::failed(None),
        "abort" => Heard::failed(Some("abort")),
        "finish-step" if has(chunk, &["usage"]) => tokens(chunk),
        "source-url" | "source-document" | "file" | "source"
            if has(chunk, &["id"]) || has(chunk, &["url"]) || has(chunk, &["sourceId"]) =>
        {
            Heard::data(&Value::Object(chunk.clone()))
        }
        kind if kind.starts_with("data-") && chunk.contains_key("data") => {
            Heard::data(&Value::Object(chunk.clone()))
        }
        kind if BARE.contains(&kind) && chunk.len() == 1 => Heard::Bookkeeping,
        kind if BOOKKEEPING
            .iter()
            .any(|(name, member)| *name == kind && chunk.contains_key(*member)) =>
        {
            return Some(vec![Heard::Bookkeeping, Heard::Turn { agent }]);
        }
        _ => return None,
    };
    Some(vec![heard])
}

/// May the agent make a call? A part of `fullStream` has the call in it, a chunk of the UI message stream its id only.
fn approval(chunk: &Object) -> Option<Heard> {
    let call = object(chunk, "toolCall").unwrap_or(chunk);
    Some(Heard::Asked {
        agent: None,
        inquiry: Inquiry {
            id: text(chunk, "approvalId")?.to_owned(),
            kind: InquiryKind::Approval,
            name: text(call, "toolName").unwrap_or_default().to_owned(),
            input: call.get("input").cloned().unwrap_or_default(),
            tool_call_id: Some(text(call, "toolCallId")?.to_owned()),
            ..Inquiry::default()
        },
    })
}

/// Chunks of Mastra's `fullStream` that tell nothing more.
const OF_MASTRA: [&str; 12] = [
    "start",
    "step-start",
    "finish",
    "text-start",
    "text-end",
    "reasoning-start",
    "reasoning-end",
    "reasoning-signature",
    "response-metadata",
    "tool-call-delta",
    "tool-call-input-streaming-start",
    "tool-call-input-streaming-end",
];

/// A chunk of Mastra's: the SDK's, with its members in a payload.
fn mastra(kind: &str, payload: &Object) -> Option<Vec<Heard>> {
    let agent = None;
    let reason = object(payload, "stepResult").and_then(|result| text(result, "reason"));
    let heard = match kind {
        "text-delta" => Heard::said(Form::Piece, text(payload, "text")?),
        "reasoning-delta" => Heard::thought(Form::Piece, text(payload, "text")?),
        "tool-call" => Heard::Call {
            agent,
            id: text(payload, "toolCallId")?.to_owned(),
            name: text(payload, "toolName")?.to_owned(),
            input: payload.get("args").cloned().unwrap_or(Value::Null),
        },
        "tool-result" | "tool-error" => Heard::Result {
            agent,
            id: text(payload, "toolCallId")?.to_owned(),
            name: None,
            output: payload
                .get("result")
                .or_else(|| payload.get("error"))
                .cloned()
                .unwrap_or(Value::Null),
            failed: kind == "tool-error" || flag(payload, "isError"),
        },
        "error" => Heard::failed(None),
        "step-finish" | "finish" if reason == Some("error") => Heard::failed(None),
        "step-finish" => tokens(object(payload, "output")?),
        kind if OF_MASTRA.contains(&kind) => {
            return Some(vec![Heard::Bookkeeping, Heard::Turn { agent }]);
        }
        _ => return None,
    };
    Some(vec![heard])
}

fn tokens(chunk: &Object) -> Heard {
    let usage = object(chunk, "usage").and_then(|tokens| usage(&Value::Object(tokens.clone())));
    usage.map_or(Heard::Bookkeeping, |usage| Heard::Usage {
        agent: None,
        usage,
    })
}
