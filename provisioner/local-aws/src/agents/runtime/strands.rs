//! A program that many people deploy: Strands Agents inside Amazon's package `bedrock-agentcore`, passing on every
//! event of the agent.
//!
//! What it sends is what these packages send (`tests/outside/function/strands_agent.py` runs them). Each text
//! comes twice: as the model's event, and as Strands' own, which JSON cannot hold.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{BufMut as _, BytesMut};
use serde_json::{Value, json};

use crate::agents::characters::Characters;
use crate::agents::event::{Encoder, Event};
use crate::agents::player::Question;
use crate::scenario::{Agent, ReturnControl, Scenario, Tool};
use crate::wire::event_stream::FrameError;

/// The question: the member `prompt` of a JSON object, as in Amazon's examples, or else the whole payload. A list there
/// answers Strands' interrupts.
pub(super) fn question(payload: &[u8]) -> Question {
    let object: Value = serde_json::from_slice(payload).unwrap_or_default();
    let responses = object["prompt"].as_array().into_iter().flatten();
    let responses: Vec<_> = responses
        .map(|block| match &block["interruptResponse"]["response"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    if !responses.is_empty() {
        return Question::returned(&responses);
    }
    let prompt = object["prompt"].as_str().map(ToOwned::to_owned);
    Question::asked(prompt.unwrap_or_else(|| String::from_utf8_lossy(payload).into_owned()))
}

/// The events of one answer.
pub(super) struct Strands {
    supervisor: Agent,
    /// Several agents are the nodes of a graph.
    is_graph: bool,
    /// Whether the client accepts a stream; otherwise the answer comes in one piece.
    streams: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Nodes that have begun.
    begun: BTreeSet<String>,
    characters: Characters,
    said: String,
    /// What the client is asked.
    interrupts: Vec<Value>,
}

impl Strands {
    pub(super) fn new(scenario: &Scenario, streams: bool) -> Self {
        Self {
            supervisor: scenario.agent.clone(),
            is_graph: !scenario.collaborators.is_empty(),
            streams,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An event of `agent`'s loop.
    fn event(&self, agent: &Agent, event: &Value, to: &mut BytesMut) {
        if !self.is_graph {
            return self.send(event, to);
        }
        let node_id = &agent.name;
        if self.state().begun.insert(node_id.clone()) {
            let start = json!({
                "type": "multiagent_node_start", "node_id": node_id, "node_type": "agent",
            });
            self.send(&start, to);
        }
        let inside = json!({"type": "multiagent_node_stream", "node_id": node_id, "event": event});
        self.send(&inside, to);
    }

    /// An event of `agent`'s loop that JSON cannot hold; the package sends it as Python prints it.
    fn notation(&self, agent: &Agent, fields: &str, to: &mut BytesMut) {
        let event = format!(
            "{{{fields}, 'agent': <strands.agent.agent.Agent object at 0x7f07fb5c4450>, \
             'event_loop_cycle_id': UUID('a113d0d8-f81a-4af4-87bf-b5144be25bf5')}}"
        );
        let event = if self.is_graph {
            let node = python(&agent.name);
            format!("{{'type': 'multiagent_node_stream', 'node_id': {node}, 'event': {event}}}")
        } else {
            event
        };
        self.send(&json!(event), to);
    }

    fn text(&self, agent: &Agent, text: &str, to: &mut BytesMut) {
        let delta = json!({"event": {"contentBlockDelta": {"delta": {"text": text}}}});
        self.event(agent, &delta, to);
        let text = python(text);
        let twin = format!("'data': {text}, 'delta': {{'text': {text}}}");
        self.notation(agent, &twin, to);
    }

    fn reasoning(&self, agent: &Agent, text: &str, to: &mut BytesMut) {
        let delta = json!({"reasoningContent": {"text": text}});
        let event = json!({"event": {"contentBlockDelta": {"delta": delta}}});
        self.event(agent, &event, to);
        let twin = format!("'reasoningText': {}, 'reasoning': True", python(text));
        self.notation(agent, &twin, to);
    }

    fn say(&self, piece: &[u8], to: &mut BytesMut) {
        let text = {
            let mut state = self.state();
            let text = state.characters.push(piece);
            if !self.streams {
                state.said.push_str(&text);
            }
            text
        };
        if self.streams && !text.is_empty() {
            self.text(&self.supervisor, &text, to);
        }
    }

    /// A hook asks before the tool is called.
    fn ask_back(&self, control: &ReturnControl, to: &mut BytesMut) {
        let interrupt = json!({
            "id": format!("v1:before_tool_call:tool-1:{}", uuid::Uuid::new_v4()),
            "name": control.function, "reason": control.parameters, "response": null,
        });
        let call = json!({
            "toolUseId": "tool-1", "name": control.function, "input": control.parameters,
        });
        let event = json!({"tool_interrupt_event": {"tool_use": call, "interrupts": [&interrupt]}});
        self.event(&self.supervisor, &event, to);
        if self.is_graph {
            let node = json!({
                "type": "multiagent_node_interrupt", "node_id": self.supervisor.name,
                "interrupts": [&interrupt],
            });
            self.send(&node, to);
        }
        self.state().interrupts.push(interrupt);
    }

    fn end_of(&self, agent: &Agent, to: &mut BytesMut) {
        if self.is_graph {
            let node = python(&agent.name);
            let stop = format!(
                "{{'type': 'multiagent_node_stop', 'node_id': {node}, 'node_result': \
                 NodeResult(event_loop_cycle_id='a113d0d8-f81a-4af4-87bf-b5144be25bf5')}}"
            );
            self.send(&json!(stop), to);
        }
    }

    fn send(&self, event: &Value, to: &mut BytesMut) {
        if self.streams {
            to.put_slice(format!("data: {event}\n\n").as_bytes());
        }
    }

    /// What the package sends when the agent's code raises an exception.
    fn fail(&self, kind: &str, message: &str, to: &mut BytesMut) {
        let error = json!({
            "error": message, "error_type": kind, "message": "An error occurred during streaming",
        });
        if self.streams {
            self.send(&error, to);
        } else {
            to.put_slice(error.to_string().as_bytes());
        }
    }
}

impl Encoder for Strands {
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        match event {
            Event::ModelCalled { agent, .. } => {
                self.event(agent, &json!({"start_event_loop": true}), to);
            }
            Event::ModelAnswered {
                agent,
                think,
                rationale,
                ..
            } => {
                if let Some(rationale) = rationale {
                    self.reasoning(agent, rationale, to);
                }
                let (input, output) = (think.tokens.input, think.tokens.output);
                let usage = json!({
                    "inputTokens": input, "outputTokens": output, "totalTokens": input + output,
                });
                let metadata = json!({"usage": usage, "metrics": {"latencyMs": think.duration}});
                self.event(agent, &json!({"event": {"metadata": metadata}}), to);
            }
            // A graph sends no event when one node hands over to another.
            Event::CollaboratorCalled { .. } | Event::Guardrail(_) => {}
            Event::CollaboratorAnswered { collaborator, text } => {
                self.text(collaborator, text, to);
                self.end_of(collaborator, to);
            }
            Event::Text(piece) => self.say(piece, to),
            Event::Citation(cite) => self.say(cite.text.as_bytes(), to),
            Event::Reasoning { agent, reason } => self.reasoning(agent, &reason.text, to),
            Event::ToolUse { agent, tool } => {
                let [call, result] = messages(tool);
                self.event(agent, &json!({"message": call}), to);
                self.event(agent, &json!({"message": result}), to);
            }
            Event::ReturnControl(control) => self.ask_back(control, to),
            Event::Files(_) => {
                let message = "only Bedrock Agents have what this step of the scenario says";
                self.fail("NotImplementedError", message, to);
            }
            Event::Exception(exception) => self.fail(&exception.name, &exception.message, to),
            Event::End if self.streams => self.end_of(&self.supervisor, to),
            Event::End => {
                let content = json!([{"text": self.state().said}]);
                let mut answer = json!({"result": {"role": "assistant", "content": content}});
                let interrupts = std::mem::take(&mut self.state().interrupts);
                if !interrupts.is_empty() {
                    answer["stop_reason"] = "interrupt".into();
                    answer["interrupts"] = interrupts.into();
                }
                to.put_slice(answer.to_string().as_bytes());
            }
        }
        Ok(())
    }
}

/// A tool's call and its result, as messages.
fn messages(tool: &Tool) -> [Value; 2] {
    let (name, input, output) = tool.call();
    let call = json!({"toolUseId": "tool-1", "name": name, "input": input});
    let result = json!({"toolUseId": "tool-1", "status": "success", "content": [{"json": output}]});
    [
        json!({"role": "assistant", "content": [{"toolUse": call}]}),
        json!({"role": "user", "content": [{"toolResult": result}]}),
    ]
}

/// A string in Python's notation.
fn python(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{}'", text.replace('\n', "\\n").replace('\r', "\\r"))
}
