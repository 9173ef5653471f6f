//! The updates and responses of Microsoft's Agent Framework (`to_dict`).

use serde_json::Value;

use super::blocks::{piece, results, whole};
use super::fields::{Object, list, object, text, usage};
use super::heard::Heard;

/// Recognises an update or a response by its type.
pub(super) fn recognise(message: &Object) -> Option<Vec<Heard>> {
    match text(message, "type")? {
        "agent_response_update" | "chat_response_update" | "agent_run_response_update" => {
            let contents = message.get("contents")?;
            Some(heard(contents, piece(contents)))
        }
        "agent_response" | "chat_response" | "agent_run_response" => {
            let messages = list(message, "messages").iter();
            let mut heard: Vec<_> = messages
                .flat_map(|message| self::message(message, "agent-framework.response"))
                .collect();
            let tokens =
                object(message, "usage_details").map(|details| Value::Object(details.clone()));
            heard.extend(
                tokens
                    .as_ref()
                    .and_then(usage)
                    .map(|usage| Heard::Usage { agent: None, usage }),
            );
            Some(heard)
        }
        "chat_message" | "message" if message.get("contents").is_some_and(Value::is_array) => Some(
            self::message(&Value::Object(message.clone()), "agent-framework.message"),
        ),
        _ => None,
    }
}

fn message(message: &Value, name: &'static str) -> Vec<Heard> {
    let contents = &message["contents"];
    match message["role"].as_str() {
        Some("user" | "system") => Vec::new(),
        Some("tool") => results(contents),
        _ => whole(contents, name),
    }
}

/// A call comes in pieces under one id, of which only the first has a name.
fn heard(contents: &Value, read: Vec<Heard>) -> Vec<Heard> {
    let mut heard: Vec<_> = read
        .into_iter()
        .filter(|heard| !matches!(heard, Heard::Call { .. } | Heard::Data { .. }))
        .collect();
    for content in contents
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
    {
        match text(content, "type") {
            Some("function_call") => heard.extend(call(content)),
            Some("usage") => {
                let tokens = content.get("usage_details").and_then(usage);
                heard.extend(tokens.map(|usage| Heard::Usage { agent: None, usage }));
            }
            Some("data" | "uri" | "hosted_file") => {
                heard.push(Heard::data(&Value::Object(content.clone())));
            }
            _ => {}
        }
    }
    heard
}

fn call(content: &Object) -> Vec<Heard> {
    let block = text(content, "call_id").unwrap_or_default().to_owned();
    let name = text(content, "name").filter(|name| !name.is_empty());
    match content.get("arguments") {
        Some(Value::String(piece)) => {
            let begins = name.map(|name| Heard::CallBegins {
                agent: None,
                block: block.clone(),
                id: block.clone(),
                name: name.to_owned(),
            });
            let input = Heard::CallInput {
                agent: None,
                block,
                piece: piece.clone(),
            };
            begins.into_iter().chain([input]).collect()
        }
        arguments => name.map_or_else(Vec::new, |name| {
            vec![Heard::Call {
                agent: None,
                id: block,
                name: name.to_owned(),
                input: arguments.cloned().unwrap_or(Value::Null),
            }]
        }),
    }
}
