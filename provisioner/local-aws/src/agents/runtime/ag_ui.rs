//! A program that speaks AG-UI: collaborators are subagents, control is returned by an interrupt.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{BufMut as _, BytesMut};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agents::characters::Characters;
use crate::agents::event::{Encoder, Event, new_id};
use crate::agents::player::Question;
use crate::scenario::{Agent, Scenario};
use crate::wire::event_stream::FrameError;

/// Which run is answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    thread_id: String,
    run_id: String,
}

/// The last question of a `RunAgentInput`, or what it answers to interrupts, and its run; `None` where it is none.
pub(super) fn question(payload: &[u8]) -> Option<(Question, Run)> {
    let input: Value = serde_json::from_slice(payload).ok()?;
    let run = Run::deserialize(&input).ok()?;
    let messages = input["messages"].as_array()?;
    let is_message = |message: &Value| message["id"].is_string() && message["role"].is_string();
    if !messages.iter().all(is_message) {
        return None;
    }
    let answers: Vec<String> = input["resume"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| match &entry["payload"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    if !answers.is_empty() {
        return Some((Question::returned(&answers), run));
    }
    let asked = messages.iter().rfind(|message| message["role"] == "user");
    let text = asked.and_then(|message| match &message["content"] {
        Value::String(text) => Some(text.clone()),
        parts => Some(
            parts
                .as_array()?
                .iter()
                .find_map(|part| part["text"].as_str())?
                .to_owned(),
        ),
    });
    Some((Question::asked(text.unwrap_or_default()), run))
}

/// The events of one answer.
pub(super) struct AgUi {
    supervisor: Agent,
    run: Run,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_begun: bool,
    /// The message that the supervisor speaks in.
    message: Option<String>,
    characters: Characters,
    /// Control that was returned: the interrupts that the run ends with.
    interrupts: Vec<Value>,
    tokens: (u64, u64),
}

impl AgUi {
    pub(super) fn new(scenario: &Scenario, run: Run) -> Self {
        Self {
            supervisor: scenario.agent.clone(),
            run,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The subagent's run that events of `agent` belong to.
    fn run_of(&self, agent: &Agent) -> Option<String> {
        (agent.name != self.supervisor.name).then(|| format!("{}-{}", self.run.run_id, agent.name))
    }

    fn of(&self, agent: &Agent, mut event: Value) -> Value {
        if let Some(run) = self.run_of(agent) {
            event["subagentRunId"] = run.into();
        }
        event
    }

    /// A message that is whole.
    fn message(&self, agent: &Agent, text: &str, to: &mut BytesMut) {
        let id = new_id();
        for event in [
            json!({"type": "TEXT_MESSAGE_START", "messageId": id, "role": "assistant"}),
            json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": id, "delta": text}),
            json!({"type": "TEXT_MESSAGE_END", "messageId": id}),
        ] {
            send(&self.of(agent, event), to);
        }
    }

    fn reasoning(&self, agent: &Agent, text: &str, to: &mut BytesMut) {
        let id = new_id();
        for event in [
            json!({"type": "REASONING_START", "messageId": id}),
            json!({"type": "REASONING_MESSAGE_START", "messageId": id, "role": "reasoning"}),
            json!({"type": "REASONING_MESSAGE_CONTENT", "messageId": id, "delta": text}),
            json!({"type": "REASONING_MESSAGE_END", "messageId": id}),
            json!({"type": "REASONING_END", "messageId": id}),
        ] {
            send(&self.of(agent, event), to);
        }
    }

    fn say(&self, piece: &[u8], to: &mut BytesMut) {
        let mut state = self.state();
        let text = state.characters.push(piece);
        if text.is_empty() {
            return;
        }
        let id = state.message.get_or_insert_with(|| {
            let id = new_id();
            let start = json!({"type": "TEXT_MESSAGE_START", "messageId": id, "role": "assistant"});
            send(&start, to);
            id
        });
        send(
            &json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": id, "delta": text}),
            to,
        );
    }

    fn end_message(&self, to: &mut BytesMut) {
        if let Some(id) = self.state().message.take() {
            send(&json!({"type": "TEXT_MESSAGE_END", "messageId": id}), to);
        }
    }

    fn finish(&self, to: &mut BytesMut) {
        self.end_message(to);
        let State {
            interrupts, tokens, ..
        } = &*self.state();
        let outcome = if interrupts.is_empty() {
            json!({"type": "success"})
        } else {
            json!({"type": "interrupt", "interrupts": interrupts})
        };
        let finished = json!({
            "type": "RUN_FINISHED", "threadId": self.run.thread_id, "runId": self.run.run_id,
            "outcome": outcome, "usage": [{"inputTokens": tokens.0, "outputTokens": tokens.1}],
        });
        send(&finished, to);
    }
}

fn send(event: &Value, to: &mut BytesMut) {
    to.put_slice(format!("data: {event}\n\n").as_bytes());
}

fn fail(code: &str, message: &str, to: &mut BytesMut) {
    let error = json!({"type": "RUN_ERROR", "code": code, "message": message});
    send(&error, to);
}

impl Encoder for AgUi {
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        if !std::mem::replace(&mut self.state().has_begun, true) {
            let Run { thread_id, run_id } = &self.run;
            send(
                &json!({"type": "RUN_STARTED", "threadId": thread_id, "runId": run_id}),
                to,
            );
        }
        match event {
            Event::ModelCalled { .. } | Event::Guardrail(_) => {}
            Event::ModelAnswered {
                agent,
                think,
                rationale,
                ..
            } => {
                if let Some(rationale) = rationale {
                    self.reasoning(agent, rationale, to);
                }
                let tokens = &mut self.state().tokens;
                tokens.0 += u64::from(think.tokens.input);
                tokens.1 += u64::from(think.tokens.output);
            }
            Event::CollaboratorCalled { collaborator, .. } => {
                let started = json!({"type": "SUBAGENT_STARTED", "name": collaborator.name});
                send(&self.of(collaborator, started), to);
            }
            Event::CollaboratorAnswered { collaborator, text } => {
                self.message(collaborator, text, to);
                send(
                    &self.of(collaborator, json!({"type": "SUBAGENT_FINISHED"})),
                    to,
                );
            }
            Event::Text(piece) => self.say(piece, to),
            Event::Citation(cite) => self.say(cite.text.as_bytes(), to),
            Event::Reasoning { agent, reason } => self.reasoning(agent, &reason.text, to),
            Event::ToolUse { agent, tool } => {
                let (name, input, output) = tool.call();
                let id = new_id();
                for event in [
                    json!({"type": "TOOL_CALL_START", "toolCallId": id, "toolCallName": name}),
                    json!({"type": "TOOL_CALL_ARGS", "toolCallId": id, "delta": input.to_string()}),
                    json!({"type": "TOOL_CALL_END", "toolCallId": id}),
                    json!({"type": "TOOL_CALL_RESULT", "toolCallId": id, "messageId": new_id(),
                        "role": "tool", "content": output.to_string()}),
                ] {
                    send(&self.of(agent, event), to);
                }
            }
            Event::ReturnControl(control) => self.state().interrupts.push(json!({
                "id": new_id(), "reason": control.function,
                "message": "この内容で進めてよいですか？", "metadata": control.parameters,
            })),
            Event::Files(_) => {
                let message = "only Bedrock Agents have what this step of the scenario says";
                fail("NotImplementedError", message, to);
            }
            Event::Exception(exception) => fail(&exception.name, &exception.message, to),
            Event::End => self.finish(to),
        }
        Ok(())
    }
}
