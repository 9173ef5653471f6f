//! The events of Strands Agents for Python (`agent.stream_async`), alone and in graphs and swarms.
//!
//! Each text comes up to four times: as the model's event, as `data`, in the `message`, in the `result`.

use serde_json::Value;

use super::blocks::{is_message, results, whole};
use super::converse;
use super::fields::{Object, flag, has, list, object, text};
use super::heard::{Form, Heard};
use super::interrupts;
use crate::event::{Citation, Source, State};

/// Members that Strands adds to some of its events, and which are the program's own.
const CALLBACK: [&str; 12] = [
    "agent",
    "event_loop_cycle_id",
    "event_loop_cycle_span",
    "event_loop_cycle_trace",
    "event_loop_metrics",
    "event_loop_parent_cycle_id",
    "event_loop_parent_span",
    "invocation_state",
    "model",
    "request_state",
    "tool_registry",
    "messages",
];

/// Recognises an event of one agent; those of graphs and of tools wrap others, which `inner` reads.
pub(super) fn recognise(
    event: &Object,
    inner: &dyn Fn(&Value) -> Vec<Heard>,
) -> Option<Vec<Heard>> {
    if let Some(kind) = text(event, "type") {
        return tagged(event, kind, inner);
    }
    if let Some(model) = object(event, "event") {
        return converse::recognise(model);
    }
    if let Some(interrupt) = object(event, "tool_interrupt_event") {
        return interrupts::all(list(interrupt, "interrupts"));
    }
    let heard = if let Some(said) =
        text(event, "data").filter(|_| is(event, &["data"]) || has(event, &["delta"]))
    {
        Heard::said(Form::Echo, said)
    } else if (is(event, &["reasoningText", "reasoning"]) || has(event, &["delta"]))
        && let Some(thought) = text(event, "reasoningText")
    {
        Heard::thought(Form::Echo, thought)
    } else if let Some(message) = event.get("message").filter(|message| is_message(message)) {
        return is(event, &["message"]).then(|| self::message(message));
    } else if flag(event, "force_stop") {
        Heard::failed(Some("force_stop"))
    } else if begins(event) {
        return Some(vec![
            Heard::status(None, State::Thinking),
            Heard::Turn { agent: None },
        ]);
    } else if let Some(result) = event.get("result").filter(|result| is_result(result)) {
        let mut heard = whole(&result["message"]["content"], "strands.result");
        let asked = result["interrupts"].as_array();
        heard.extend(
            asked
                .and_then(|asked| interrupts::all(asked))
                .into_iter()
                .flatten(),
        );
        return Some(heard);
    } else if let Some(citation) = object(event, "citation").filter(|_| has(event, &["delta"])) {
        self::citation(citation)
    } else if is_bookkeeping(event) {
        Heard::Bookkeeping
    } else {
        return None;
    };
    Some(vec![heard])
}

/// Whether `event` has only these members and what Strands adds.
fn is(event: &Object, keys: &[&str]) -> bool {
    event
        .keys()
        .all(|key| keys.contains(&key.as_str()) || CALLBACK.contains(&key.as_str()))
}

/// Whether a loop or one round of it begins. The first of these events has members of the program's own, too.
fn begins(event: &Object) -> bool {
    flag(event, "init_event_loop")
        || (flag(event, "start_event_loop") || flag(event, "start"))
            && is(event, &["start_event_loop", "start"])
}

/// What other events tell as well, and what only the model's provider reads.
fn is_bookkeeping(event: &Object) -> bool {
    has(event, &["reasoning_signature", "delta"])
        || has(event, &["reasoningRedactedContent", "delta"])
        || has(event, &["reasoningText", "delta"])
        || event
            .get("event_loop_throttled_delay")
            .is_some_and(Value::is_number)
        || has(event, &["current_tool_use", "delta"])
}

fn tagged(event: &Object, kind: &str, inner: &dyn Fn(&Value) -> Vec<Heard>) -> Option<Vec<Heard>> {
    let node = text(event, "node_id");
    let state = |state| {
        Some(vec![
            Heard::status(node, state),
            Heard::Turn {
                agent: node.map(ToOwned::to_owned),
            },
        ])
    };
    match kind {
        "tool_use_stream" if has(event, &["current_tool_use"]) => Some(vec![Heard::Bookkeeping]),
        "tool_stream" => tool_stream(object(event, "tool_stream_event")?, inner),
        "multiagent_node_start" => state(State::Thinking),
        "multiagent_node_cancel" => state(State::Done),
        "multiagent_node_interrupt" => {
            let node = node?;
            let asked = interrupts::all(list(event, "interrupts"))?.into_iter();
            Some(asked.map(|heard| heard.by(node)).collect())
        }
        "multiagent_node_stop" => {
            let node = node?;
            let mut heard = event
                .get("node_result")
                .map_or_else(Vec::new, |result| node_result(node, result, "strands.node"));
            heard.push(Heard::status(Some(node), State::Done));
            Some(heard)
        }
        "multiagent_node_stream" => {
            let node = node?;
            let heard = inner(event.get("event")?);
            Some(heard.into_iter().map(|heard| heard.by(node)).collect())
        }
        "multiagent_handoff" => {
            let to = list(event, "to_node_ids").first().and_then(Value::as_str);
            Some(vec![Heard::Handoff {
                agent: None,
                to: to.map(ToOwned::to_owned),
            }])
        }
        "multiagent_result" => {
            let nodes = event
                .get("result")
                .and_then(|result| result["results"].as_object());
            let nodes = nodes.into_iter().flatten();
            Some(
                nodes
                    .flat_map(|(node, result)| node_result(node, result, "strands.council"))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// What a tool streams: an agent that is used as a tool, or data of the tool's own.
fn tool_stream(event: &Object, inner: &dyn Fn(&Value) -> Vec<Heard>) -> Option<Vec<Heard>> {
    let tool = object(event, "tool_use").and_then(|tool| text(tool, "name"))?;
    let data = event.get("data")?;
    // Only events of an agent are an agent's words; what a tool yields otherwise is the tool's data.
    let heard = match data {
        Value::Object(event) => recognise(event, inner),
        _ => None,
    };
    Some(heard.map_or_else(
        || vec![Heard::Bookkeeping],
        |heard| heard.into_iter().map(|heard| heard.by(tool)).collect(),
    ))
}

/// The result of a node, with the last message of its agent.
fn node_result(node: &str, result: &Value, name: &'static str) -> Vec<Heard> {
    let message = &result["result"]["message"];
    if !is_message(message) {
        return Vec::new();
    }
    let heard = whole(&message["content"], name).into_iter();
    heard.map(|heard| heard.by(node)).collect()
}

/// A whole message: calls and results of tools, and texts that may have been streamed.
pub(super) fn message(message: &Value) -> Vec<Heard> {
    let mut heard = if message["role"] == "assistant" {
        whole(&message["content"], "strands.message")
    } else {
        results(&message["content"])
    };
    heard.push(Heard::Turn { agent: None });
    heard
}

/// Whether `result` is an `AgentResult`.
fn is_result(result: &Value) -> bool {
    result["stop_reason"].is_string() && is_message(&result["message"])
}

fn citation(citation: &Object) -> Heard {
    let excerpt = list(citation, "sourceContent")
        .iter()
        .find_map(|content| content["text"].as_str());
    Heard::Citation {
        agent: None,
        citation: Citation {
            sources: vec![Source {
                title: text(citation, "title").map(ToOwned::to_owned),
                excerpt: excerpt.map(ToOwned::to_owned),
                ..Source::default()
            }],
            ..Citation::default()
        },
    }
}
