//! The events of A2A (`message/stream`), in the spelling of its versions 0.3 and 1.0.

use serde_json::Value;

use super::blocks::{piece, text_of, whole};
use super::fields::{Object, has, list, object, text};
use super::heard::Heard;
use crate::event::{Inquiry, InquiryKind};

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
    let mut heard = status(task);
    for artifact in list(task, "artifacts") {
        heard.extend(whole(&artifact["parts"], "a2a.artifact"));
    }
    heard
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
    if is("failed") || is("rejected") || is("auth-required") {
        // What the agent says then is the error's words.
        return vec![Heard::failed(Some(state))];
    }
    let mut heard = object(status, "message").map_or_else(Vec::new, message);
    if is("input-required") || is("INPUT_REQUIRED") {
        heard.push(asked(update, status));
    }
    if is("canceled") {
        heard.push(Heard::data(&Value::Object(update.clone())));
    }
    heard.push(Heard::Turn { agent: None });
    heard
}

/// The task waits for a message of the client's.
fn asked(update: &Object, status: &Object) -> Heard {
    let message = object(status, "message");
    let id = text(update, "taskId").or_else(|| text(update, "id"));
    Heard::Asked {
        agent: None,
        inquiry: Inquiry {
            id: id.unwrap_or_default().to_owned(),
            kind: InquiryKind::Question,
            name: "input_required".to_owned(),
            input: Value::Null,
            message: message.and_then(|message| text_of(message.get("parts")?)),
            schema: None,
        },
    }
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
