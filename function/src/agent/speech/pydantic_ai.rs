//! The events of Pydantic AI (`run_stream_events`, `event_stream_handler`).

use serde_json::Value;

use super::blocks::{parsed, whole};
use super::fields::{Object, has, list, object, text, usage};
use super::heard::{Form, Heard};
use super::interrupts::about;
use crate::event::InquiryKind;

/// Events without anything for the user that other events do not tell.
const BOOKKEEPING: [&str; 9] = [
    "final_result",
    "enqueued_messages",
    "tool_availability_delta",
    "capability_load_delta",
    "model_settings_delta",
    "deferred_tool_results",
    "realtime_turn_complete",
    "output_tool_call",
    "output_tool_result",
];

/// Python's notation of an event has its class instead of its kind.
const EVENTS: [(&str, &str); 10] = [
    ("PartStartEvent", "part_start"),
    ("PartDeltaEvent", "part_delta"),
    ("PartEndEvent", "part_end"),
    ("FinalResultEvent", "final_result"),
    ("FunctionToolCallEvent", "function_tool_call"),
    ("FunctionToolResultEvent", "function_tool_result"),
    ("OutputToolCallEvent", "output_tool_call"),
    ("OutputToolResultEvent", "output_tool_result"),
    ("AgentRunResultEvent", "agent_run_result"),
    ("DeferredToolRequestsEvent", "deferred_tool_requests"),
];
const PARTS: [(&str, &str); 5] = [
    ("TextPart", "text"),
    ("ThinkingPart", "thinking"),
    ("ToolCallPart", "tool-call"),
    ("BuiltinToolCallPart", "builtin-tool-call"),
    ("BuiltinToolReturnPart", "builtin-tool-return"),
];
const DELTAS: [(&str, &str); 3] = [
    ("TextPartDelta", "text"),
    ("ThinkingPartDelta", "thinking"),
    ("ToolCallPartDelta", "tool_call"),
];

/// Recognises an event by its kind.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    if text(event, "type") == Some("AgentRunResult") {
        return result(event);
    }
    // The output of a run, which authors pass on alone.
    if has(event, &["calls", "approvals"]) {
        return requests(event);
    }
    let agent = None;
    let turn = Heard::Turn { agent: None };
    let heard = match kind(event, "event_kind", &EVENTS)? {
        "part_start" => {
            return part(object(event, "part")?, Form::Piece).map(|heard| vec![turn, heard]);
        }
        "part_end" => {
            return part(object(event, "part")?, Form::Whole("pydantic.part"))
                .map(|heard| vec![heard, turn]);
        }
        "part_delta" => delta(object(event, "delta")?)?,
        "function_tool_call" => call(object(event, "part")?)?,
        "deferred_tool_requests" => return requests(object(event, "requests")?),
        "function_tool_result" => {
            let part = object(event, "part").or_else(|| object(event, "result"))?;
            Heard::Result {
                agent,
                id: text(part, "tool_call_id")?.to_owned(),
                name: None,
                output: part.get("content")?.clone(),
                failed: text(part, "part_kind") == Some("retry-prompt"),
            }
        }
        "agent_run_result" => return result(object(event, "result")?),
        kind if BOOKKEEPING.contains(&kind) => Heard::Bookkeeping,
        _ => return None,
    };
    Some(vec![heard])
}

fn call(part: &Object) -> Option<Heard> {
    Some(Heard::Call {
        agent: None,
        id: text(part, "tool_call_id")?.to_owned(),
        name: text(part, "tool_name")?.to_owned(),
        input: part.get("args").map_or(Value::Null, parsed),
    })
}

/// `DeferredToolRequests`: calls that are the client's to make, and those that need its approval.
fn requests(requests: &Object) -> Option<Vec<Heard>> {
    let mut heard = Vec::new();
    for (key, kind) in [
        ("calls", InquiryKind::Call),
        ("approvals", InquiryKind::Approval),
    ] {
        for part in list(requests, key) {
            heard.push(about(call(part.as_object()?)?, kind));
        }
    }
    (!heard.is_empty()).then_some(heard)
}

fn part(part: &Object, form: Form) -> Option<Heard> {
    match kind(part, "part_kind", &PARTS)? {
        "text" => Some(Heard::said(form, text(part, "content")?)),
        "thinking" => Some(Heard::thought(form, text(part, "content")?)),
        // A call comes whole as an event of its own; the tools of the model's provider run inside it.
        "tool-call" | "builtin-tool-call" | "builtin-tool-return" | "compaction" => {
            Some(Heard::Bookkeeping)
        }
        _ => None,
    }
}

fn delta(delta: &Object) -> Option<Heard> {
    match kind(delta, "part_delta_kind", &DELTAS)? {
        "text" => Some(Heard::said(Form::Piece, text(delta, "content_delta")?)),
        // Without text: a signature.
        "thinking" => Some(
            text(delta, "content_delta").map_or(Heard::Bookkeeping, |thought| {
                Heard::thought(Form::Piece, thought)
            }),
        ),
        "tool_call" => Some(Heard::Bookkeeping),
        _ => None,
    }
}

fn result(result: &Object) -> Option<Vec<Heard>> {
    let mut heard = match result.get("output")? {
        Value::Null => Vec::new(),
        output @ Value::String(_) => whole(output, "pydantic.result"),
        output => {
            let asked = output.as_object().and_then(requests);
            asked.unwrap_or_else(|| vec![Heard::data(output)])
        }
    };
    let tokens = result
        .get("usage")
        .or_else(|| result.get("_usage"))
        .and_then(usage);
    heard.extend(tokens.map(|usage| Heard::Usage { agent: None, usage }));
    Some(heard)
}

/// The kind of an event or of a part.
fn kind<'a>(object: &'a Object, key: &str, classes: &[(&str, &'static str)]) -> Option<&'a str> {
    let class = || {
        let class = text(object, "type")?;
        Some(classes.iter().find(|(name, _)| *name == class)?.1)
    };
    text(object, key).or_else(class)
}
