//! AG-UI events: the protocol `AGUI` of `AgentCore`, and programs that send its events over HTTP.

use serde_json::{Value, json};

use super::blocks::whole;
use super::fields::{Object, list, object, text, usage};
use super::heard::{Form, Heard};
use super::interrupts;
use crate::event::{Inquiry, InquiryKind, State};

/// Events without anything for the user that other events do not tell.
const BOOKKEEPING: [&str; 7] = [
    "RUN_STARTED",
    "REASONING_START",
    "REASONING_END",
    "REASONING_MESSAGE_END",
    "THINKING_START",
    "THINKING_END",
    "THINKING_TEXT_MESSAGE_END",
];

/// Events that only clients of AG-UI know, and whether they may have prompts or the data of tools in them.
const FOREIGN: [(&str, bool); 4] = [
    ("STEP_STARTED", false),
    ("STEP_FINISHED", false),
    ("REASONING_ENCRYPTED_VALUE", true),
    // The framework's own event, from which the others were made.
    ("RAW", true),
];

/// Events whose meaning only the agent and its client know.
const DATA: [&str; 4] = [
    "STATE_SNAPSHOT",
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
        "TEXT_MESSAGE_START" | "REASONING_MESSAGE_START" | "THINKING_TEXT_MESSAGE_START" => {
            let within = text(event, "messageId").map(within);
            within
                .into_iter()
                .chain([Heard::Turn { agent: None }])
                .collect()
        }
        "TEXT_MESSAGE_END" => vec![Heard::Turn { agent: None }],
        "TEXT_MESSAGE_CHUNK" => pieces(event, |delta| Heard::said(Form::Piece, delta)),
        // Some adapters send a thought whole after its pieces, as a message of its own.
        "REASONING_MESSAGE_CONTENT" | "THINKING_TEXT_MESSAGE_CONTENT" => {
            vec![Heard::thought(Form::Again, delta?)]
        }
        "REASONING_MESSAGE_CHUNK" => pieces(event, |delta| Heard::thought(Form::Piece, delta)),
        "TOOL_CALL_START" => vec![parent(event), begins(event, block)?],
        "TOOL_CALL_ARGS" => vec![Heard::CallInput {
            agent: None,
            block,
            piece: delta?.to_owned(),
        }],
        "TOOL_CALL_END" => vec![Heard::CallEnds { agent: None, block }],
        "TOOL_CALL_CHUNK" => chunk(event, &block),
        "TOOL_CALL_RESULT" => vec![
            within(text(event, "messageId").unwrap_or_default()),
            Heard::Result {
                agent: None,
                id: block,
                name: None,
                output: event.get("content")?.clone(),
                failed: false,
            },
        ],
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
        "STATE_DELTA" => vec![delta_of_state(event)?],
        "CUSTOM" if text(event, "name") == Some("on_interrupt") => on_interrupt(event),
        kind if DATA.contains(&kind) => vec![Heard::data(&shown(event))],
        kind if BOOKKEEPING.contains(&kind) => vec![Heard::Bookkeeping],
        kind => {
            let (_, is_internal) = *FOREIGN.iter().find(|(foreign, _)| *foreign == kind)?;
            vec![Heard::Foreign {
                agent: None,
                event: shown(event),
                is_internal,
            }]
        }
    };
    Some(match agent {
        Some(agent) => heard.into_iter().map(|heard| heard.by(&agent)).collect(),
        None => heard,
    })
}

/// An event as its client needs it: without the framework's own event from which it was made, without the messages
/// that are a part of some frameworks' state and come in events of their own, and without the subagent's run, which is
/// told under its agent's name.
fn shown(event: &Object) -> Value {
    let mut event = event.clone();
    event.remove("rawEvent");
    event.remove("subagentRunId");
    if let Some(state) = event.get_mut("snapshot").and_then(Value::as_object_mut) {
        state.remove("messages");
    }
    Value::Object(event)
}

/// A change of the state that the client has: it has no messages.
fn delta_of_state(event: &Object) -> Option<Heard> {
    let Value::Object(mut event) = shown(event) else {
        return None;
    };
    let operations = event.get_mut("delta")?.as_array_mut()?;
    let is_of_messages = |key: &str, operation: &Value| {
        let path = operation[key].as_str().unwrap_or_default();
        path == "/messages" || path.starts_with("/messages/")
    };
    let had_some = !operations.is_empty();
    operations.retain(|it| !is_of_messages("path", it) && !is_of_messages("from", it));
    Some(if had_some && operations.is_empty() {
        Heard::Bookkeeping
    } else {
        Heard::data(&Value::Object(event))
    })
}

fn within(message: &str) -> Heard {
    Heard::InMessage {
        agent: None,
        id: message.to_owned(),
    }
}

/// The message that a call is a part of.
fn parent(event: &Object) -> Heard {
    within(text(event, "parentMessageId").unwrap_or_default())
}

/// A piece that begins its message where that is another one.
fn pieces(event: &Object, piece: impl Fn(&str) -> Heard) -> Vec<Heard> {
    let within = text(event, "messageId").map(within);
    let piece = text(event, "delta").map(piece);
    within.into_iter().chain(piece).collect()
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
    let begins = begins.map(|begins| [parent(event), begins]);
    begins.into_iter().flatten().chain(piece).collect()
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
    if let Some(outcome) = object(event, "outcome") {
        match text(outcome, "type") {
            Some("interrupt") => heard.extend(list(outcome, "interrupts").iter().flat_map(asked)),
            // Somebody has stopped it: what was said is not the whole answer.
            Some("cancelled") => heard.push(Heard::failed(Some("cancelled"))),
            _ => {}
        }
    }
    if let Some(result) = event.get("result").filter(|result| !result.is_null()) {
        heard.extend(match result {
            Value::String(_) => whole(result, "ag-ui.result"),
            other => vec![Heard::data(other)],
        });
    }
    heard
}

/// How the adapter for `LangGraph` tells that the graph waits. Only where its author wants it so, the run has an outcome
/// as well, after which clients no longer answer in the way of this event.
fn on_interrupt(event: &Object) -> Vec<Heard> {
    let raw = event.get("rawEvent").map_or(&[][..], std::slice::from_ref);
    let Some(mut heard) = interrupts::all(raw) else {
        return vec![Heard::data(&shown(event))];
    };
    for heard in &mut heard {
        if let Heard::Asked { inquiry, .. } = heard {
            inquiry.is_told_in_ag_ui = true;
        }
    }
    heard.push(Heard::Foreign {
        agent: None,
        event: shown(event),
        is_internal: false,
    });
    heard
}

/// What the run waits for.
fn asked(interrupt: &Value) -> Vec<Heard> {
    let raw = &interrupt["metadata"]["langgraph"]["raw"];
    if raw["action_requests"].is_array() {
        // One approval for each call, as everywhere else.
        let interrupt = json!({"id": interrupt["id"], "value": raw});
        return interrupts::all(&[interrupt]).unwrap_or_default();
    }
    let asked = interrupt.as_object().and_then(inquiry);
    asked.into_iter().collect()
}

fn inquiry(interrupt: &Object) -> Option<Heard> {
    let member = |name| text(interrupt, name).map(ToOwned::to_owned);
    let tool_call_id = member("toolCallId");
    let kind = match tool_call_id {
        Some(_) => InquiryKind::Approval,
        None => InquiryKind::Question,
    };
    Some(Heard::Asked {
        agent: member("subagentRunId"),
        inquiry: Inquiry {
            id: member("id")?,
            kind,
            name: member("reason").unwrap_or_else(|| "interrupt".to_owned()),
            input: interrupt.get("metadata").cloned().unwrap_or_default(),
            message: member("message"),
            schema: interrupt.get("responseSchema").cloned(),
            tool_call_id,
            expires_at: member("expiresAt"),
            is_told_in_ag_ui: false,
        },
    })
}
