//! The events of `OpenAI`'s Responses API, of the `OpenAI` Agents SDK that wraps them, and chunks of chat
//! completions.

use serde_json::Value;

use super::blocks::{parsed, whole};
use super::fields::{Object, has, list, object, text, usage};
use super::heard::{Form, Heard};
use super::interrupts::about;
use crate::event::InquiryKind;

/// Events of the Responses API whose content other events tell, by their beginnings.
const BOOKKEEPING: [&str; 17] = [
    "response.created",
    "response.in_progress",
    "response.queued",
    "response.content_part.",
    "response.output_item.added",
    "response.output_text.annotation.added",
    "response.reasoning_summary_part.",
    "response.reasoning_summary_text.done",
    "response.reasoning_text.done",
    "response.refusal.done",
    "response.function_call_arguments.",
    "response.web_search_call.",
    "response.file_search_call.",
    "response.code_interpreter_call",
    "response.mcp_",
    "response.custom_tool_call_input.",
    "response.image_generation_call.",
];

/// Items without words: thoughts, which come as deltas, and tools that run and answer inside the response.
const HOSTED: [&str; 19] = [
    "reasoning",
    "compaction",
    "apply_patch_call",
    "apply_patch_call_output",
    "code_interpreter_call",
    "computer_call",
    "computer_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "file_search_call",
    "image_generation_call",
    "local_shell_call",
    "mcp_approval_request",
    "mcp_call",
    "mcp_list_tools",
    "shell_call",
    "shell_call_output",
    "tool_search_call",
    "web_search_call",
];

/// Recognises an event of the SDK or of the API.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    match text(event, "type") {
        Some("raw_response_event") => api(object(event, "data")?),
        Some("run_item_stream_event") => run_item(object(event, "item")?),
        Some("tool_approval_item") => run_item(event),
        Some("agent_updated_stream_event") => {
            let agent = event.get("new_agent")?;
            let to = agent.as_str().or_else(|| agent["name"].as_str());
            Some(vec![Heard::Handoff {
                agent: None,
                to: to.map(ToOwned::to_owned),
            }])
        }
        Some(_) => api(event),
        None => chat(event),
    }
}

fn api(event: &Object) -> Option<Vec<Heard>> {
    let agent = None;
    let kind = text(event, "type")?;
    let heard = match kind {
        "response.output_text.delta" | "response.refusal.delta" => {
            Heard::said(Form::Piece, text(event, "delta")?)
        }
        "response.output_text.done" => return Some(whole(event.get("text")?, "responses.text")),
        "response.reasoning_text.delta" | "response.reasoning_summary_text.delta" => {
            Heard::thought(Form::Piece, text(event, "delta")?)
        }
        "response.output_item.done" => return item(object(event, "item")?, "responses.item"),
        "response.completed" | "response.incomplete" => {
            let response = object(event, "response")?;
            let items = list(response, "output").iter().filter_map(Value::as_object);
            let mut heard: Vec<_> = items
                .filter_map(|output| item(output, "responses.completed"))
                .flatten()
                .collect();
            heard.extend(
                response
                    .get("usage")
                    .and_then(usage)
                    .map(|usage| Heard::Usage { agent, usage }),
            );
            heard.push(Heard::Turn { agent: None });
            return Some(heard);
        }
        "response.failed" => Heard::failed(
            object(event, "response")
                .and_then(|response| object(response, "error"))
                .and_then(|error| text(error, "code")),
        ),
        "error" if has(event, &["sequence_number"]) => Heard::failed(text(event, "code")),
        kind if BOOKKEEPING.iter().any(|known| kind.starts_with(known)) => Heard::Bookkeeping,
        _ => return None,
    };
    Some(vec![heard])
}

/// An item of a response's output.
fn item(item: &Object, name: &'static str) -> Option<Vec<Heard>> {
    let heard = match text(item, "type")? {
        "message" => return Some(whole(item.get("content")?, name)),
        "function_call" => Heard::Call {
            agent: None,
            id: text(item, "call_id")?.to_owned(),
            name: text(item, "name")?.to_owned(),
            input: item.get("arguments").map_or(Value::Null, parsed),
        },
        "function_call_output" => Heard::Result {
            agent: None,
            id: text(item, "call_id")?.to_owned(),
            name: None,
            output: item.get("output")?.clone(),
            failed: false,
        },
        kind if HOSTED.contains(&kind) => Heard::Bookkeeping,
        _ => return None,
    };
    Some(vec![heard])
}

/// An item of the SDK: one of the API, and what the SDK's own tools answered.
fn run_item(run_item: &Object) -> Option<Vec<Heard>> {
    let raw = object(run_item, "raw_item");
    match text(run_item, "type")? {
        "message_output_item" => item(raw?, "agents.item"),
        // One of the run's interruptions, which its events do not tell: authors pass them on after these.
        "tool_approval_item" => {
            let call = item(raw?, "agents.item")?.into_iter();
            Some(
                call.map(|call| about(call, InquiryKind::Approval))
                    .collect(),
            )
        }
        "tool_call_item"
        | "handoff_call_item"
        | "tool_call_output_item"
        | "handoff_output_item" => Some(
            raw.and_then(|raw| item(raw, "agents.item"))
                .unwrap_or_else(|| vec![Heard::Bookkeeping]),
        ),
        "reasoning_item"
        | "mcp_list_tools_item"
        | "compaction_item"
        | "input_item"
        | "tool_search_call_item"
        | "tool_search_output_item" => Some(vec![Heard::Bookkeeping]),
        // Authors pass on the API's own item alone.
        _ => item(run_item, "agents.item"),
    }
}

/// A chunk of a chat completion, or a whole one.
fn chat(chunk: &Object) -> Option<Vec<Heard>> {
    let (key, is_piece) = match text(chunk, "object")? {
        "chat.completion.chunk" => ("delta", true),
        "chat.completion" => ("message", false),
        _ => return None,
    };
    let mut heard = Vec::new();
    for choice in list(chunk, "choices") {
        let message = &choice[key];
        if let Some(said) = message["content"].as_str().filter(|said| !said.is_empty()) {
            let form = if is_piece {
                Form::Piece
            } else {
                Form::Whole("chat.completion")
            };
            heard.push(Heard::said(form, said));
        }
        if let Some(thought) = message["reasoning_content"].as_str() {
            heard.push(Heard::thought(Form::Piece, thought));
        }
    }
    heard.extend(
        chunk
            .get("usage")
            .and_then(usage)
            .map(|usage| Heard::Usage { agent: None, usage }),
    );
    Some(heard)
}
