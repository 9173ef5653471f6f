//! The events of Strands Agents for TypeScript (`agent.stream()` of `@strands-agents/sdk`).
//!
//! A text comes as deltas, then in its block, in the model's message, in the message that is added, and in
//! the result.

use serde_json::Value;

use super::blocks::{results, whole};
use super::fields::{Object, list, object, text, usage};
use super::heard::{Form, Heard};
use super::interrupts;
use crate::event::State;

/// Events without anything that other events do not tell.
const BOOKKEEPING: [&str; 12] = [
    "afterInvocationEvent",
    "afterModelCallEvent",
    "afterMultiAgentInvocationEvent",
    "afterToolsEvent",
    "beforeInvocationEvent",
    "beforeMultiAgentInvocationEvent",
    "beforeToolCallEvent",
    "beforeToolsEvent",
    "initializedEvent",
    "multiAgentInitializedEvent",
    "nodeCancelEvent",
    "afterToolCallEvent",
];

/// Recognises an event by its type; those of graphs and tools wrap others, which `inner` reads.
pub(super) fn recognise(
    event: &Object,
    inner: &dyn Fn(&Value) -> Vec<Heard>,
) -> Option<Vec<Heard>> {
    let agent = None;
    let kind = text(event, "type")?;
    let node = text(event, "nodeId");
    let heard = match kind {
        "modelStreamUpdateEvent" => return model(object(event, "event")?),
        "contentBlockEvent" => return Some(block(event.get("contentBlock")?, "typescript.block")),
        "modelMessageEvent" => return message(event.get("message")?, "typescript.message"),
        "messageAddedEvent" => return message(event.get("message")?, "typescript.added"),
        "agentResultEvent" => return result(object(event, "result")?),
        // An author may pass on the result alone.
        "agentResult" => return result(event),
        "toolResultEvent" => {
            return Some(results(&Value::Array(vec![event.get("result")?.clone()])));
        }
        "interruptEvent" => return interrupts::all(&[event.get("interrupt")?.clone()]),
        "beforeModelCallEvent" => {
            return Some(vec![
                Heard::status(None, State::Thinking),
                Heard::Turn { agent },
            ]);
        }
        "beforeNodeCallEvent" => Heard::status(Some(node?), State::Thinking),
        "afterNodeCallEvent" => Heard::status(Some(node?), State::Done),
        "nodeStreamUpdateEvent" => {
            let node = node?;
            let heard = inner(unwrapped(event.get("inner")?)).into_iter();
            return Some(heard.map(|heard| heard.by(node)).collect());
        }
        "nodeResultEvent" => {
            let node = node?;
            let content = object(event, "result").and_then(|result| result.get("content"))?;
            let heard = whole(content, "typescript.node").into_iter();
            return Some(heard.map(|heard| heard.by(node)).collect());
        }
        "multiAgentHandoffEvent" => Heard::Handoff { agent, to: None },
        "toolStreamUpdateEvent" if event.get("event").is_some() => Heard::Bookkeeping,
        "multiAgentResultEvent" if event.get("result").is_some() => Heard::Bookkeeping,
        kind if BOOKKEEPING.contains(&kind) => Heard::Bookkeeping,
        _ => return model(event),
    };
    Some(vec![heard])
}

/// A node's event: in graphs it is wrapped once more with its source.
fn unwrapped(inner: &Value) -> &Value {
    match inner.get("event") {
        Some(event) if inner.get("source").is_some() => event,
        _ => inner,
    }
}

/// An event of the model.
fn model(event: &Object) -> Option<Vec<Heard>> {
    let agent = None;
    let block = String::new;
    let heard = match text(event, "type")? {
        "modelContentBlockDeltaEvent" => {
            let delta = object(event, "delta")?;
            match text(delta, "type")? {
                "textDelta" => Heard::said(Form::Piece, text(delta, "text")?),
                // Without text: a signature, or what the model's provider has encrypted.
                "reasoningContentDelta" => text(delta, "text")
                    .map_or(Heard::Bookkeeping, |thought| {
                        Heard::thought(Form::Piece, thought)
                    }),
                "toolUseInputDelta" => Heard::CallInput {
                    agent,
                    block: block(),
                    piece: text(delta, "input")?.to_owned(),
                },
                _ => return None,
            }
        }
        "modelContentBlockStartEvent" => match object(event, "start") {
            Some(call) => Heard::CallBegins {
                agent,
                block: block(),
                id: text(call, "toolUseId")?.to_owned(),
                name: text(call, "name")?.to_owned(),
            },
            None => Heard::Turn { agent },
        },
        "modelContentBlockStopEvent" => {
            return Some(vec![
                Heard::CallEnds {
                    agent,
                    block: block(),
                },
                Heard::Turn { agent: None },
            ]);
        }
        "modelMessageStartEvent" | "modelMessageStopEvent" => Heard::Turn { agent },
        "modelMetadataEvent" => match event.get("usage").and_then(usage) {
            Some(usage) => Heard::Usage { agent, usage },
            None => Heard::Bookkeeping,
        },
        _ => return None,
    };
    Some(vec![heard])
}

fn block(block: &Value, name: &'static str) -> Vec<Heard> {
    whole(&Value::Array(vec![block.clone()]), name)
}

fn message(message: &Value, name: &'static str) -> Option<Vec<Heard>> {
    let content = message.get("content")?;
    if message["role"] == "assistant" {
        Some(whole(content, name))
    } else {
        Some(results(content))
    }
}

fn result(result: &Object) -> Option<Vec<Heard>> {
    let mut heard = message(result.get("lastMessage")?, "typescript.result")?;
    heard.extend(
        interrupts::all(list(result, "interrupts"))
            .into_iter()
            .flatten(),
    );
    if let Some(output) = result.get("structuredOutput") {
        heard.push(Heard::data(output));
    }
    Some(heard)
}
