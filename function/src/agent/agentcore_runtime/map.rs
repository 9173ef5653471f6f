//! The messages of an AgentCore runtime become events. Pure.
//!
//! There is no fixed format: an agent sends what its author yields. This module knows the events of
//! Strands Agents (in which each text comes twice), plain strings, the error object of Amazon's
//! `bedrock-agentcore` package, and common shapes of an answer in one piece. Anything else goes to
//! the client as it is.

mod converse;
mod object;
mod repr;

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use crate::agent::failure::AgentError;
use crate::event::{Event, State, Trace};
use converse::{message_text, tool_events, usage};
use object::{in_band_error, whole_answer};
use repr::Repr;

/// Keys of events for Strands' own bookkeeping; what they hold comes in other events, too.
const BOOKKEEPING: [&str; 14] = [
    "init_event_loop",
    "start_event_loop",
    "start",
    "delta",
    "current_tool_use",
    "reasoning_signature",
    "reasoningRedactedContent",
    "event_loop_throttled_delay",
    "structured_output",
    "tool_stream_event",
    "tool_cancel_event",
    "tool_interrupt_event",
    "complete",
    "callback",
];

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Mapper {
    /// The name in events of the agent that is asked.
    name: String,
    speakers: HashMap<String, Speaker>,
    /// Whether there has been any text.
    has_spoken: bool,
}

/// One agent of the runtime.
#[derive(Debug, Default)]
struct Speaker {
    /// Strands sends each text as the model's own event and as `data`; the kind that comes first counts.
    text: Option<Kind>,
    reasoning: Option<Kind>,
    /// There was text since the last whole message, so the next one repeats it.
    has_streamed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Strands,
}

impl Mapper {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            speakers: HashMap::new(),
            has_spoken: false,
        }
    }

    /// Appends the events in `message`.
    pub(super) fn map(
        &mut self,
        message: &[u8],
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        let message = message.trim_ascii();
        if message == b"[DONE]" {
            return Ok(());
        }
        let name = self.name.clone();
        if let Ok(value) = serde_json::from_slice(message) {
            return self.value(&name, value, events);
        }
        // Not JSON: the agent sends its text as it is.
        match std::str::from_utf8(message) {
            Ok(text) => self.say(&name, Kind::Strands, text, events),
            Err(_) => events.push_back(Event::Unknown),
        }
        Ok(())
    }

    fn value(
        &mut self,
        agent: &str,
        value: Value,
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        match value {
            Value::String(text) => self.string(agent, &text, events),
            Value::Object(object) => return self.object(agent, object, events),
            other => events.push_back(data(agent, other)),
        }
        Ok(())
    }

    /// Text, or an event that JSON can't hold.
    fn string(&mut self, agent: &str, text: &str, events: &mut VecDeque<Event>) {
        match repr::read(text) {
            None => self.say(agent, Kind::Strands, text, events),
            Some(Repr::Text(node, text)) => {
                let agent = node.as_deref().unwrap_or(agent);
                self.say(agent, Kind::Strands, &text, events);
            }
            Some(Repr::Reasoning(node, text)) => {
                let agent = node.as_deref().unwrap_or(agent);
                self.think(agent, Kind::Strands, &text, events);
            }
            Some(Repr::NodeStopped(node)) => events.push_back(status(&node, State::Done)),
            Some(Repr::Other) => {}
        }
    }

    fn object(
        &mut self,
        agent: &str,
        mut object: serde_json::Map<String, Value>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        if let Some(error) = in_band_error(&object) {
            return Err(error);
        }
        if let Some(kind) = object.get("type").and_then(Value::as_str)
            && kind.starts_with("multiagent_")
        {
            let kind = kind.to_owned();
            return self.council(agent, &kind, object, events);
        }
        if let Some(event) = object.get("event").filter(|event| event.is_object()) {
            self.model_event(agent, event, events);
        } else if let Some(Value::String(text)) = object.get("data") {
            self.say(agent, Kind::Strands, text, events);
        } else if let Some(Value::String(text)) = object.get("reasoningText") {
            self.think(agent, Kind::Strands, text, events);
        } else if let Some(message) = object.get("message").filter(|message| message.is_object()) {
            self.message(agent, message, events);
        } else if ["init_event_loop", "start_event_loop", "start"]
            .iter()
            .any(|key| object.contains_key(*key))
        {
            events.push_back(status(agent, State::Thinking));
        } else if let Some(answer) = whole_answer(&object) {
            // Strands' last event repeats what was streamed.
            if !self.has_spoken {
                self.say(agent, Kind::Strands, &answer, events);
            }
        } else if !object.contains_key("result")
            && !object.get("type").is_some_and(is_tool_stream)
            && !BOOKKEEPING.iter().any(|key| object.contains_key(*key))
        {
            events.push_back(data(agent, Value::Object(std::mem::take(&mut object))));
        }
        Ok(())
    }

    /// Graphs and swarms: each node is an agent of its own.
    fn council(
        &mut self,
        agent: &str,
        kind: &str,
        mut object: serde_json::Map<String, Value>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        let node = object.get("node_id").and_then(Value::as_str);
        let node = node.unwrap_or(agent).to_owned();
        match kind {
            "multiagent_node_start" => events.push_back(status(&node, State::Thinking)),
            "multiagent_node_stream" => {
                if let Some(inner) = object.remove("event") {
                    return self.value(&node, inner, events);
                }
            }
            "multiagent_node_stop" | "multiagent_node_cancel" => {
                events.push_back(status(&node, State::Done));
            }
            "multiagent_handoff" => {
                let next = object.get("to_node_ids").and_then(|ids| ids.get(0));
                events.push_back(Event::Trace {
                    agent: agent.to_owned(),
                    trace: Trace {
                        step: "handoff",
                        collaborator: next.and_then(Value::as_str).map(ToOwned::to_owned),
                        ..Trace::default()
                    },
                });
            }
            "multiagent_result" => {}
            _ => events.push_back(Event::Unknown),
        }
        Ok(())
    }

    /// An event of the model, in the shape of `ConverseStream`.
    fn model_event(&mut self, agent: &str, event: &Value, events: &mut VecDeque<Event>) {
        let delta = &event["contentBlockDelta"]["delta"];
        if let Some(text) = delta["text"].as_str() {
            self.say(agent, Kind::Model, text, events);
        } else if let Some(text) = delta["reasoningContent"]["text"].as_str() {
            self.think(agent, Kind::Model, text, events);
        } else if let Some(usage) = usage(&event["metadata"]["usage"]) {
            events.push_back(Event::Usage {
                agent: agent.to_owned(),
                usage,
            });
        }
    }

    /// A whole message: complete tool calls and results, and the text if it was not streamed.
    fn message(&mut self, agent: &str, message: &Value, events: &mut VecDeque<Event>) {
        let has_streamed = std::mem::take(&mut self.speaker(agent).has_streamed);
        if message["role"] == "assistant" && !has_streamed {
            self.say(agent, Kind::Strands, &message_text(message), events);
            self.speaker(agent).has_streamed = false;
        }
        events.extend(tool_events(agent, message));
    }

    fn say(&mut self, agent: &str, kind: Kind, text: &str, events: &mut VecDeque<Event>) {
        let speaker = self.speaker(agent);
        if text.is_empty() || *speaker.text.get_or_insert(kind) != kind {
            return;
        }
        speaker.has_streamed = true;
        self.has_spoken = true;
        events.push_back(Event::Chunk {
            agent: agent.to_owned(),
            content: text.to_owned(),
        });
    }

    fn think(&mut self, agent: &str, kind: Kind, text: &str, events: &mut VecDeque<Event>) {
        let speaker = self.speaker(agent);
        if text.is_empty() || *speaker.reasoning.get_or_insert(kind) != kind {
            return;
        }
        events.push_back(Event::Reasoning {
            agent: agent.to_owned(),
            content: text.to_owned(),
        });
    }

    fn speaker(&mut self, agent: &str) -> &mut Speaker {
        self.speakers.entry(agent.to_owned()).or_default()
    }
}

fn is_tool_stream(kind: &Value) -> bool {
    matches!(
        kind.as_str(),
        Some("tool_use_stream" | "tool_stream" | "tool_cancel" | "tool_interrupt")
    )
}

fn status(agent: &str, state: State) -> Event {
    Event::Status {
        agent: agent.to_owned(),
        state,
    }
}

fn data(agent: &str, data: Value) -> Event {
    Event::Data {
        agent: agent.to_owned(),
        data,
    }
}

#[cfg(test)]
mod tests;
