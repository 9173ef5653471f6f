//! The events of Bedrock's `ConverseStream`, which Strands passes on and some programs send as they are.

use serde_json::Value;

use super::fields::{Object, object, text, usage};
use super::heard::{Form, Heard};

/// The names of the events; an event is an object with one of them.
const EVENTS: [&str; 6] = [
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
];

/// Recognises an event by its only member.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    let mut members = event.iter();
    let (name, body) = members.next()?;
    if members.next().is_some() || !EVENTS.contains(&name.as_str()) {
        return None;
    }
    let body = body.as_object()?;
    let block = body
        .get("contentBlockIndex")
        .map(Value::to_string)
        .unwrap_or_default();
    let agent = None;
    let heard = match name.as_str() {
        "contentBlockDelta" => delta(object(body, "delta")?, block)?,
        "contentBlockStart" => {
            match object(body, "start").and_then(|start| object(start, "toolUse")) {
                Some(call) => Heard::CallBegins {
                    agent,
                    block,
                    id: text(call, "toolUseId")?.to_owned(),
                    name: text(call, "name")?.to_owned(),
                },
                None => Heard::Bookkeeping,
            }
        }
        "contentBlockStop" => Heard::CallEnds { agent, block },
        "metadata" => match body.get("usage").and_then(usage) {
            Some(usage) => Heard::Usage { agent, usage },
            None => Heard::Bookkeeping,
        },
        // The start and the stop of a message.
        _ => Heard::Turn { agent },
    };
    Some(vec![heard])
}

fn delta(delta: &Object, block: String) -> Option<Heard> {
    if let Some(said) = text(delta, "text") {
        return Some(Heard::said(Form::Model, said));
    }
    if let Some(reasoning) = object(delta, "reasoningContent") {
        // Else a signature, or what the model's provider has encrypted.
        let thought = text(reasoning, "text").map(|thought| Heard::thought(Form::Model, thought));
        return Some(thought.unwrap_or(Heard::Bookkeeping));
    }
    if let Some(call) = object(delta, "toolUse") {
        return Some(Heard::CallInput {
            agent: None,
            block,
            piece: text(call, "input")?.to_owned(),
        });
    }
    // Strands tells citations in an event of their own.
    delta.contains_key("citation").then_some(Heard::Bookkeeping)
}
