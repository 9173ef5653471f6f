//! The events of A2A (`message/stream`), in the spelling of its versions 0.3 and 1.0.

use serde_json::Value;

use super::blocks::{piece, text_of, whole};
use super::fields::{Object, has, list, object, text};
use super::heard::Heard;
use super::interrupts;
use crate::agent::resume::in_task;
use crate::event::Inquiry;

/// Recognises an event, or the JSON-RPC response that has it.
pub(super) fn recognise(message: &Object) -> Option<Vec<Heard>> {
    if text(message, "jsonrpc") == Some("2.0") {
        return match object(message, "result") {
            Some(result) => event(result),
            // Numbers from JSON-RPC; the message may quote the question.
            None => object(message, "error").map(|error| {
                let code = error.get("code").map(Value::to_string);
                vec![Heard::failed(
                    code.as_deref().map(|code| code.trim_start_matches('-')),
                )]
            }),
        };
    }
    if has(message, &["kind"]) || message.len() == 1 {
        event(message)
    } else {
        None
    }
}

fn event(event: &Object) -> Option<Vec<Heard>> {
    match text(event, "kind") {
        Some("task") => Some(task(event)),
        Some("status-update") => Some(status(event)),
        Some("artifact-update") => artifact(event),
        Some("message") if has(event, &["parts", "messageId"]) => Some(self::message(event)),
        Some(_) => None,
        None => {
            let inner = |key| object(event, key);
            if let Some(inner) = inner("task").filter(|task| has(task, &["id", "status"])) {
                return Some(task(inner));
            }
            if let Some(inner) = inner("statusUpdate") {
                return Some(status(inner));
            }
            if let Some(inner) = inner("artifactUpdate") {
                return artifact(inner);
            }
            inner("message")
                .filter(|message| has(message, &["messageId", "parts"]))
                .map(self::message)
        }
    }
}

fn task(task: &Object) -> Vec<Heard> {
    let mut heard = earlier(task);
    heard.extend(status(task));
    for artifact in list(task, "artifacts") {
        heard.extend(whole(&artifact["parts"], "a2a.artifact"));
    }
    heard
}

/// What the agent has said since the last question, where the answer comes in one piece; of a stream that is all said.
fn earlier(task: &Object) -> Vec<Heard> {
    let history = list(task, "history");
    let is_question =
        |message: &Value| matches!(message["role"].as_str(), Some("user" | "ROLE_USER"));
    let question = history.iter().rposition(is_question);
    let since = history
        .iter()
        .skip(question.map_or(0, |question| question + 1));
    let texts = since.filter_map(|message| message["parts"].as_array());
    let parts: Vec<Value> = texts.flatten().cloned().collect();
    if parts.is_empty() {
        return Vec::new();
    }
    whole(&Value::Array(parts), "a2a.history")
}

/// The state of a task, and what the agent says about it.
fn status(update: &Object) -> Vec<Heard> {
    let Some(status) = object(update, "status") else {
        return vec![Heard::Bookkeeping];
    };
    let state = text(status, "state").unwrap_or_default();
    let is = |name: &str| {
        state == name
            || state
                .strip_prefix("TASK_STATE_")
                .is_some_and(|state| state.eq_ignore_ascii_case(name))
    };
    let has_failed = [
        "failed",
        "rejected",
        "canceled",
        "auth-required",
        "AUTH_REQUIRED",
    ];
    if has_failed.into_iter().any(is) {
        // What the agent says then is the error's words.
        return vec![Heard::failed(Some(&state.replace('-', "_")))];
    }
    let mut heard = object(status, "message").map_or_else(Vec::new, message);
    if is("input-required") || is("INPUT_REQUIRED") {
        heard.retain(
            |heard| !matches!(heard, Heard::Data { data, .. } if interrupted(data).is_some()),
        );
        heard.extend(asked(update, status));
    }
    heard.push(Heard::Turn { agent: None });
    heard
}

/// The interrupts in a part of a message of Strands': its text has them in Python's notation, and without their ids.
fn interrupted(part: &Value) -> Option<Vec<Heard>> {
    interrupts::all(part["data"]["interrupts"].as_array()?)
}

/// The task waits for a message of the client's.
fn asked(update: &Object, status: &Object) -> Vec<Heard> {
    let message = object(status, "message");
    let id = text(update, "taskId").or_else(|| text(update, "id"));
    let id = id.unwrap_or_default();
    let parts = message.map_or(&[][..], |message| list(message, "parts"));
    if let Some(mut interrupts) = parts.iter().find_map(interrupted) {
        for heard in &mut interrupts {
            if let Heard::Asked { inquiry, .. } = heard {
                inquiry.id = in_task(id, &inquiry.id);
            }
        }
        return interrupts;
    }
    vec![Heard::Asked {
        agent: None,
        inquiry: Inquiry {
            id: id.to_owned(),
            name: "input_required".to_owned(),
            message: message.and_then(|message| text_of(message.get("parts")?)),
            ..Inquiry::default()
        },
    }]
}

fn message(message: &Object) -> Vec<Heard> {
    let is_agents = matches!(text(message, "role"), Some("agent" | "ROLE_AGENT"));
    let parts = message.get("parts").filter(|_| is_agents);
    parts.map_or_else(Vec::new, |parts| whole(parts, "a2a.message"))
}

/// A piece of an artifact, or a whole one.
fn artifact(update: &Object) -> Option<Vec<Heard>> {
    let parts = object(update, "artifact")?.get("parts")?;
    let is_piece = update.get("append") == Some(&Value::Bool(true))
        || update.get("lastChunk") == Some(&Value::Bool(false));
    Some(if is_piece {
        piece(parts)
    } else {
        whole(parts, "a2a.artifact")
    })
}
