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
use super::event::{Encoder, Event};
use super::player::Question;
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
    let Some(text) = last_text(&call.body) else {
        return Err(session::invalid("The messages must end with a text."));
    };
    let question = Question {
        topic: text.clone(),
        text,
        returned: None,
    };
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

fn last_text(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let content = body.get("messages")?.as_array()?.last()?.get("content")?;
    let text = content.as_array()?.last()?.get("text")?.as_str()?;
    Some(text.to_owned())
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
                state.call(&collaborator.name, &json!({"question": text}), to)
            }
            Event::CollaboratorAnswered { collaborator, text } => {
                state.result(&collaborator.name, &json!({"text": text}), to)
            }
            Event::ToolUse { tool, .. } => {
                let (name, input, output) = tool.call();
                state.call(name, &input, to)?;
                state.result(name, &json!({"json": output}), to)
            }
            Event::Reasoning { reason, .. } => state.reason(&reason.text, to),
            Event::Text(piece) => state.say(piece, to),
            Event::Citation(cite) => state.say(cite.text.as_bytes(), to),
            Event::Files(_) | Event::ReturnControl(_) => {
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

    fn call(&mut self, name: &str, input: &Value, to: &mut BytesMut) -> Result<(), FrameError> {
        let start = json!({"toolUse": {"toolUseId": format!("tool-{name}"), "name": name}});
        let input = json!({"toolUse": {"input": input.to_string()}});
        self.message(CALL, Some(&start), &input, to)
    }

    fn result(&mut self, name: &str, output: &Value, to: &mut BytesMut) -> Result<(), FrameError> {
        let start =
            json!({"toolResult": {"toolUseId": format!("tool-{name}"), "status": "success"}});
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
