//! AG-UI events: the protocol `AGUI` of `AgentCore`, and programs that send its events over HTTP.

use serde_json::Value;

use super::blocks::whole;
use super::fields::{Object, list, object, text, usage};
use super::heard::{Form, Heard};
use crate::event::{Inquiry, InquiryKind, State};

/// Events without anything for the user that other events do not tell.
const BOOKKEEPING: [&str; 11] = [
    "RUN_STARTED",
    "STEP_STARTED",
    "STEP_FINISHED",
    "REASONING_START",
    "REASONING_END",
    "REASONING_MESSAGE_END",
    "REASONING_ENCRYPTED_VALUE",
    "THINKING_START",
    "THINKING_END",
    "THINKING_TEXT_MESSAGE_END",
    // The framework's own event, from which the others were made.
    "RAW",
];

/// Events whose meaning only the agent and its client know.
const DATA: [&str; 5] = [
    "STATE_SNAPSHOT",
    "STATE_DELTA",
    "ACTIVITY_SNAPSHOT",
    "ACTIVITY_DELTA",
    "CUSTOM",
];

/// Recognises an event by its type.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    let agent = text(event, "subagentRunId").map(ToOwned::to_owned);
    let delta = text(event, "delta");
    let block = text(event, "toolCallId").unwrap_or_default().to_owned();
    let heard = match text(event, "type")? {
        "TEXT_MESSAGE_CONTENT" => vec![Heard::said(Form::Piece, delta?)],
        "TEXT_MESSAGE_START" | "TEXT_MESSAGE_END" => vec![Heard::Turn { agent: None }],
        "TEXT_MESSAGE_CHUNK" => {
            vec![delta.map_or(Heard::Bookkeeping, |delta| Heard::said(Form::Piece, delta))]
        }
        // Some adapters send a thought whole after its pieces, as a message of its own.
        "REASONING_MESSAGE_CONTENT" | "THINKING_TEXT_MESSAGE_CONTENT" => {
            vec![Heard::thought(Form::Again, delta?)]
        }
        "REASONING_MESSAGE_START" | "THINKING_TEXT_MESSAGE_START" => {
            vec![Heard::Turn { agent: None }]
        }
        "REASONING_MESSAGE_CHUNK" => vec![delta.map_or(Heard::Bookkeeping, |delta| {
            Heard::thought(Form::Piece, delta)
        })],
        "TOOL_CALL_START" => vec![begins(event, block)?],
        "TOOL_CALL_ARGS" => vec![Heard::CallInput {
            agent: None,
            block,
            piece: delta?.to_owned(),
        }],
        "TOOL_CALL_END" => vec![Heard::CallEnds { agent: None, block }],
        "TOOL_CALL_CHUNK" => chunk(event, &block),
        "TOOL_CALL_RESULT" => vec![Heard::Result {
            agent: None,
            id: block,
            name: None,
            output: event.get("content")?.clone(),
            failed: false,
        }],
        "MESSAGES_SNAPSHOT" => snapshot(event.get("messages")?.as_array()?),
        "SUBAGENT_STARTED" => {
            let agent = agent.as_deref()?;
            let name = text(event, "name").unwrap_or(agent).to_owned();
            vec![
                Heard::Named {
                    agent: agent.to_owned(),
                    name,
                },
                Heard::status(None, State::Thinking),
            ]
        }
        "SUBAGENT_FINISHED" | "SUBAGENT_ERROR" => vec![Heard::status(None, State::Done)],
        "RUN_ERROR" => vec![Heard::failed(text(event, "code"))],
        "RUN_FINISHED" => finished(event),
        kind if DATA.contains(&kind) => vec![data(event)],
        kind if BOOKKEEPING.contains(&kind) => vec![Heard::Bookkeeping],
        _ => return None,
    };
    Some(match agent {
        Some(agent) => heard.into_iter().map(|heard| heard.by(&agent)).collect(),
        None => heard,
    })
}

/// An event as its client needs it: without the framework's own event from which it was made, and without
/// the messages that are a part of some frameworks' state and come in events of their own.
fn data(event: &Object) -> Heard {
    let mut event = event.clone();
    event.remove("rawEvent");
    if let Some(state) = event.get_mut("snapshot").and_then(Value::as_object_mut) {
        state.remove("messages");
    }
    Heard::data(&Value::Object(event))
}

fn begins(event: &Object, block: String) -> Option<Heard> {
    Some(Heard::CallBegins {
        agent: None,
        id: block.clone(),
        block,
        name: text(event, "toolCallName")?.to_owned(),
    })
}

/// A call in pieces that have no beginning and no end of their own.
fn chunk(event: &Object, block: &str) -> Vec<Heard> {
    let piece = text(event, "delta").map(|piece| Heard::CallInput {
        agent: None,
        block: block.to_owned(),
        piece: piece.to_owned(),
    });
    let begins = begins(event, block.to_owned());
    begins.into_iter().chain(piece).collect()
}

/// The messages of the conversation: those after its last question may not have been streamed.
fn snapshot(messages: &[Value]) -> Vec<Heard> {
    let question = messages
        .iter()
        .rposition(|message| message["role"] == "user");
    let answers = messages
        .iter()
        .skip(question.map_or(0, |question| question + 1));
    let answers = answers.filter(|message| message["role"] == "assistant");
    let heard = answers.map(|message| Heard::Message {
        id: message["id"].as_str().unwrap_or_default().to_owned(),
        heard: whole(&message["content"], "ag-ui.snapshot"),
    });
    heard.collect()
}

fn finished(event: &Object) -> Vec<Heard> {
    let tokens = list(event, "usage").iter().filter_map(usage);
    let mut heard: Vec<_> = tokens
        .map(|usage| Heard::Usage { agent: None, usage })
        .collect();
    if let Some(outcome) =
        object(event, "outcome").filter(|outcome| text(outcome, "type") == Some("interrupt"))
    {
        let asked = list(outcome, "interrupts").iter().filter_map(asked);
        heard.extend(asked);
    }
    if let Some(result) = event.get("result").filter(|result| !result.is_null()) {
        heard.extend(match result {
            Value::String(_) => whole(result, "ag-ui.result"),
            other => vec![Heard::data(other)],
        });
    }
    heard
}

/// What the run waits for.
fn asked(interrupt: &Value) -> Option<Heard> {
    let interrupt = interrupt.as_object()?;
    let kind = match text(interrupt, "toolCallId") {
        Some(_) => InquiryKind::Approval,
        None => InquiryKind::Question,
    };
    let member = |name| text(interrupt, name).map(ToOwned::to_owned);
    Some(Heard::Asked {
        agent: member("subagentRunId"),
        inquiry: Inquiry {
            id: member("id")?,
            kind,
            name: member("reason").unwrap_or_else(|| "interrupt".to_owned()),
            input: interrupt.get("metadata").cloned().unwrap_or_default(),
            message: member("message"),
            schema: interrupt.get("responseSchema").cloned(),
        },
    })
}
