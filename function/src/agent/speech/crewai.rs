//! The outputs of `CrewAI`: the chunks and frames of a crew that streams, and its whole output.

use serde_json::Value;

use super::blocks::{parsed, whole};
use super::fields::{Object, has, list, object, text, usage};
use super::heard::{Form, Heard};

/// Recognises a chunk, a frame or an output by its members.
pub(super) fn recognise(message: &Object) -> Option<Vec<Heard>> {
    if has(message, &["content", "chunk_type", "task_name"]) {
        return chunk(message);
    }
    if has(message, &["raw", "tasks_output", "token_usage"]) {
        return Some(output(message));
    }
    if has(
        message,
        &["channel", "namespace", "type", "data", "timestamp"],
    ) {
        return frame(message);
    }
    None
}

fn chunk(chunk: &Object) -> Option<Vec<Heard>> {
    match text(chunk, "chunk_type")? {
        "text" => Some(vec![Heard::said(Form::Piece, text(chunk, "content")?)]),
        // A call in pieces, whose result the crew does not tell.
        "tool_call" => Some(vec![Heard::Bookkeeping]),
        _ => None,
    }
}

fn frame(frame: &Object) -> Option<Vec<Heard>> {
    let data = object(frame, "data")?;
    let heard = match text(frame, "type")? {
        "llm_stream_chunk" => Heard::said(Form::Piece, text(data, "chunk")?),
        "llm_thinking_chunk" => Heard::thought(Form::Piece, text(data, "chunk")?),
        "tool_usage_started" => Heard::Call {
            agent: None,
            id: String::new(),
            name: text(data, "tool_name")?.to_owned(),
            input: data.get("tool_args").map_or(Value::Null, parsed),
        },
        "tool_usage_finished" => Heard::Result {
            agent: None,
            id: String::new(),
            name: Some(text(data, "tool_name")?.to_owned()),
            output: data.get("output").cloned().unwrap_or(Value::Null),
            failed: false,
        },
        "crew_kickoff_failed" | "flow_failed" => Heard::failed(None),
        // What runs inside: prompts, memories, the outputs of tasks, which the whole output has as well.
        _ => Heard::Bookkeeping,
    };
    Some(vec![heard])
}

fn output(output: &Object) -> Vec<Heard> {
    let mut heard = Vec::new();
    // Of several tasks only the last one's output is the crew's.
    if let Some(raw) = output.get("raw") {
        heard.extend(whole(raw, "crewai.output"));
    }
    let structured = ["pydantic", "json_dict"]
        .into_iter()
        .find_map(|key| output.get(key).filter(|value| !value.is_null()));
    heard.extend(structured.map(Heard::data));
    if !list(output, "tasks_output").is_empty() {
        heard.push(Heard::Turn { agent: None });
    }
    heard.extend(
        output
            .get("token_usage")
            .and_then(usage)
            .map(|usage| Heard::Usage { agent: None, usage }),
    );
    heard
}
