//! `InvokeHarness` of AgentCore: one agent that Amazon runs, in the events of `ConverseStream`.
//!
//! A harness has no collaborators: those of the scenario appear as tools.

use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use bytes::BytesMut;
use http::{HeaderValue, Response, header};
use serde_json::{Value, json};

use super::cast::Agents;
use super::characters::Characters;
use super::event::{Encoder, Event, new_id};
use super::player::{Question, RETURNED};
use super::session::{self, SESSION_ID};
use super::stage;
use crate::route::Call;
use crate::scenario::Exception;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::event_stream::{self, FrameError, write_event, write_exception};

/// A session id has at most as many characters.
const LONGEST_SESSION_ID: usize = 100;

/// Answers `InvokeHarness`.
pub(super) async fn invoke(
    agents: &Agents,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Response<Body>, ApiError> {
    let harnesses = &agents.scenario().harnesses;
    session::find("harness", &call.names.resource, harnesses, scope)?;
    let session_id = session::id(&call.parts.headers, LONGEST_SESSION_ID)?;
    let question = question(&call.body)?;
    let mut response = stage::play(agents, question, Box::new(Messages::default())).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static(event_stream::CONTENT_TYPE);
    headers.insert(header::CONTENT_TYPE, content_type);
    if let Some(id) = session_id {
        headers.insert(SESSION_ID, id);
    }
    Ok(response)
}

/// The text at the end of the messages, or the results of inline functions.
fn question(body: &[u8]) -> Result<Question, ApiError> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let messages = body["messages"].as_array().map(Vec::as_slice);
    let (last, before) = messages
        .and_then(<[Value]>::split_last)
        .ok_or_else(|| session::invalid("There must be messages."))?;
    let blocks = |message: &Value, kind: &str| -> Vec<Value> {
        let content = message["content"].as_array().into_iter().flatten();
        content
            .filter_map(|block| block.get(kind).cloned())
            .collect()
    };
    let results = blocks(last, "toolResult");
    if results.is_empty() {
        let texts = blocks(last, "text");
        let text = texts.last().and_then(Value::as_str);
        let text = text.ok_or_else(|| session::invalid("The messages must end with a text."))?;
        return Ok(Question {
            topic: text.to_owned(),
            text: text.to_owned(),
            returned: None,
        });
    }
    // A harness does not remember the turn that its client has to finish.
    let calls = before
        .last()
        .map_or_else(Vec::new, |it| blocks(it, "toolUse"));
    let answers = |call: &Value| {
        let of_call = |result: &Value| result["toolUseId"] == call["toolUseId"];
        results.iter().any(of_call) && call["input"].is_object() && call["name"].is_string()
    };
    if calls.len() != results.len() || !calls.iter().all(answers) {
        let message = "The number of toolResult blocks exceeds the number of toolUse blocks of previous turn.";
        return Err(session::invalid(message));
    }
    let texts = results
        .iter()
        .filter_map(|result| result["content"][0]["text"].as_str());
    Ok(Question {
        topic: RETURNED.to_owned(),
        text: String::new(),
        returned: Some(texts.collect::<Vec<_>>().join("、")),
    })
}

/// The messages of one answer.
#[derive(Debug, Default)]
struct Messages {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The assistant's message has begun.
    is_open: bool,
    characters: Characters,
}

/// Whose message it is, and why it ends.
#[derive(Debug, Clone, Copy)]
struct Turn(&'static str, &'static str);

const CALL: Turn = Turn("assistant", "tool_use");
const RESULT: Turn = Turn("user", "tool_result");
const ASIDE: Turn = Turn("assistant", "partial_turn");

impl Encoder for Messages {
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::ModelCalled { .. } | Event::Guardrail(_) => Ok(()),
            Event::ModelAnswered {
                think, rationale, ..
            } => {
                if let Some(rationale) = rationale {
                    state.reason(rationale, to)?;
                }
                let (input, output) = (think.tokens.input, think.tokens.output);
                let usage = json!({
                    "inputTokens": input, "outputTokens": output, "totalTokens": input + output,
                });
                let metrics = json!({"latencyMs": think.duration});
                let payload = json!({"usage": usage, "metrics": metrics});
                write_event("metadata", &payload, to)
            }
            Event::CollaboratorCalled { collaborator, text } => {
                let name = &collaborator.name;
                state.call(&tool_id(name), name, &json!({"question": text}), to)
            }
            Event::CollaboratorAnswered { collaborator, text } => {
                state.result(&collaborator.name, &json!({"text": text}), to)
            }
            Event::ToolUse { tool, .. } => {
                let (name, input, output) = tool.call();
                state.call(&tool_id(name), name, &input, to)?;
                state.result(name, &json!({"json": output}), to)
            }
            Event::Reasoning { reason, .. } => state.reason(&reason.text, to),
            Event::Text(piece) => state.say(piece, to),
            Event::Citation(cite) => state.say(cite.text.as_bytes(), to),
            Event::ReturnControl(control) => {
                let id = format!("tooluse_{}", new_id());
                let input = json!(control.parameters);
                state.call(&id, &control.function, &input, to)
            }
            Event::Files(_) => {
                let message = "only Bedrock Agents have what this step of the scenario says";
                let payload = json!({"message": message, "reason": "CannotParse"});
                write_exception("validationException", &payload, to)
            }
            Event::Exception(exception) => fail(exception, to),
            Event::End => state.close("end_turn", to),
        }
    }
}

impl State {
    fn say(&mut self, piece: &[u8], to: &mut BytesMut) -> Result<(), FrameError> {
        let text = self.characters.push(piece);
        if text.is_empty() {
            return Ok(());
        }
        if !self.is_open {
            self.is_open = true;
            write_event("messageStart", &json!({"role": "assistant"}), to)?;
        }
        delta(&json!({"text": text}), to)
    }

    fn close(&mut self, reason: &'static str, to: &mut BytesMut) -> Result<(), FrameError> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        write_event("contentBlockStop", &json!({"contentBlockIndex": 0}), to)?;
        write_event("messageStop", &json!({"stopReason": reason}), to)
    }

    fn reason(&mut self, text: &str, to: &mut BytesMut) -> Result<(), FrameError> {
        let reasoning = json!({"reasoningContent": {"text": text}});
        self.message(ASIDE, None, &reasoning, to)
    }

    fn call(
        &mut self,
        id: &str,
        name: &str,
        input: &Value,
        to: &mut BytesMut,
    ) -> Result<(), FrameError> {
        let start = json!({"toolUse": {"toolUseId": id, "name": name}});
        let input = json!({"toolUse": {"input": input.to_string()}});
        self.message(CALL, Some(&start), &input, to)
    }

    fn result(&mut self, name: &str, output: &Value, to: &mut BytesMut) -> Result<(), FrameError> {
        let start = json!({"toolResult": {"toolUseId": tool_id(name), "status": "success"}});
        self.message(RESULT, Some(&start), &json!({"toolResult": [output]}), to)
    }

    /// A message of one block, between the pieces of the answer.
    fn message(
        &mut self,
        Turn(role, reason): Turn,
        start: Option<&Value>,
        content: &Value,
        to: &mut BytesMut,
    ) -> Result<(), FrameError> {
        self.close("partial_turn", to)?;
        write_event("messageStart", &json!({"role": role}), to)?;
        if let Some(start) = start {
            let start = json!({"contentBlockIndex": 0, "start": start});
            write_event("contentBlockStart", &start, to)?;
        }
        delta(content, to)?;
        write_event("contentBlockStop", &json!({"contentBlockIndex": 0}), to)?;
        write_event("messageStop", &json!({"stopReason": reason}), to)
    }
}

/// The id of a call that the harness executes itself.
fn tool_id(name: &str) -> String {
    format!("tool-{name}")
}

fn delta(delta: &Value, to: &mut BytesMut) -> Result<(), FrameError> {
    let payload = json!({"contentBlockIndex": 0, "delta": delta});
    write_event("contentBlockDelta", &payload, to)
}

/// A harness has three exceptions of the many that a scenario may name.
fn fail(exception: &Exception, to: &mut BytesMut) -> Result<(), FrameError> {
    let message = json!({"message": exception.message});
    match exception.name.as_str() {
        "validationException" => {
            let payload = json!({"message": exception.message, "reason": "FieldValidationFailed"});
            write_exception("validationException", &payload, to)
        }
        "internalServerException" => write_exception("internalServerException", &message, to),
        _ => write_exception("runtimeClientError", &message, to),
    }
}
