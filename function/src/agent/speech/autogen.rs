//! The messages of `AutoGen`'s `AgentChat` (`run_stream`): each has a source and the name of its class as type.

use serde_json::Value;

use super::blocks::{parsed, whole};
use super::fields::{Object, has, list, text, usage};
use super::heard::{Form, Heard};

/// Events without anything for the user.
const BOOKKEEPING: [&str; 6] = [
    "SelectSpeakerEvent",
    "SelectorEvent",
    "MemoryQueryEvent",
    "CodeGenerationEvent",
    "CodeExecutionEvent",
    "UserInputRequestedEvent",
];

/// Recognises a message by its type and its source; the result of a task by its messages.
pub(super) fn recognise(message: &Object) -> Option<Vec<Heard>> {
    let Some(kind) = text(message, "type") else {
        return task_result(message);
    };
    let source = text(message, "source")?;
    let content = message.get("content");
    let mut heard = match kind {
        // The question once more.
        "TextMessage" | "MultiModalMessage" if source == "user" => Vec::new(),
        "ModelClientStreamingChunkEvent" => vec![Heard::said(Form::Piece, content?.as_str()?)],
        "TextMessage" | "StopMessage" | "MultiModalMessage" => whole(content?, "autogen.message"),
        // The results of tools once more, as text for the next model.
        "ToolCallSummaryMessage" => vec![Heard::Bookkeeping],
        "ThoughtEvent" => vec![Heard::thought(
            Form::Whole("autogen.thought"),
            content?.as_str()?,
        )],
        "HandoffMessage" => vec![Heard::Handoff {
            agent: None,
            to: text(message, "target").map(ToOwned::to_owned),
        }],
        "ToolCallRequestEvent" => list(message, "content").iter().filter_map(call).collect(),
        "ToolCallExecutionEvent" => list(message, "content").iter().filter_map(result).collect(),
        kind if BOOKKEEPING.contains(&kind) => vec![Heard::Bookkeeping],
        kind if kind.starts_with("StructuredMessage") => vec![Heard::data(content?)],
        _ => return None,
    };
    if kind != "ModelClientStreamingChunkEvent" {
        heard.extend(
            message
                .get("models_usage")
                .and_then(usage)
                .map(|usage| Heard::Usage { agent: None, usage }),
        );
        heard.push(Heard::Turn { agent: None });
    }
    // In a team each agent has a name.
    Some(heard.into_iter().map(|heard| heard.by(source)).collect())
}

/// All messages once more.
fn task_result(result: &Object) -> Option<Vec<Heard>> {
    let messages = list(result, "messages");
    let are_messages = has(result, &["stop_reason"])
        && messages.iter().all(|message| message["source"].is_string());
    if !are_messages || messages.is_empty() {
        return None;
    }
    let said = messages.iter().filter(|message| {
        matches!(
            message["type"].as_str(),
            Some("TextMessage" | "StopMessage")
        ) && message["source"] != "user"
    });
    let heard = said.flat_map(|message| {
        let source = message["source"].as_str().unwrap_or_default();
        let whole = whole(&message["content"], "autogen.result").into_iter();
        whole.map(move |heard| heard.by(source))
    });
    Some(heard.collect())
}

fn call(call: &Value) -> Option<Heard> {
    Some(Heard::Call {
        agent: None,
        id: call["id"].as_str()?.to_owned(),
        name: call["name"].as_str()?.to_owned(),
        input: parsed(&call["arguments"]),
    })
}

fn result(result: &Value) -> Option<Heard> {
    Some(Heard::Result {
        agent: None,
        id: result["call_id"].as_str()?.to_owned(),
        name: None,
        output: result["content"].clone(),
        failed: result["is_error"] == true,
    })
}
