//! `InvokeHarness` of AgentCore: one agent that Amazon runs, in the events of `ConverseStream`.
//!
//! A harness has no collaborators; whom the scenario's agent asks are its tools.

use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, header};
use serde_json::{Value, json};

use super::Agents;
use super::agentcore::{self, SESSION_ID};
use super::characters::Characters;
use super::player::Question;
use super::told::{Told, Voice};
use crate::account::Scope;
use crate::api_error::ApiError;
use crate::event_stream::{self, FrameError, write_event, write_exception};
use crate::scenario::Exception;

/// A session id has at most as many characters.
const LONGEST_SESSION_ID: usize = 100;

/// Answers `POST /harnesses/invoke`; `None` for every other path.
pub(crate) async fn handle(
    agents: &Agents,
    request: &Request<Bytes>,
    scope: &Scope<'_>,
) -> Option<Result<Response<Body>, ApiError>> {
    if request.method() != Method::POST || request.uri().path() != "/harnesses/invoke" {
        return None;
    }
    Some(invoke(agents, request, scope).await)
}

async fn invoke(
    agents: &Agents,
    request: &Request<Bytes>,
    scope: &Scope<'_>,
) -> Result<Response<Body>, ApiError> {
    let query = request.uri().query().unwrap_or_default();
    let arn = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "harnessArn");
    let arn = arn.map(|(_, arn)| arn).unwrap_or_default();
    agentcore::find("harness", &arn, &agents.scenario().harnesses, scope)?;
    let session_id = agentcore::session_id(request.headers(), LONGEST_SESSION_ID)?;
    let Some(text) = last_text(request.body()) else {
        return Err(agentcore::invalid("The messages must end with a text."));
    };
    let question = Question {
        topic: text.clone(),
        text,
        returned: None,
    };
    let mut response = agents.play(question, Box::new(Messages::default())).await;
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

impl Voice for Messages {
    fn tell(&self, told: Told<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Told::Thinking { .. } | Told::Guardrail(_) => Ok(()),
            Told::Thought {
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
            Told::Asked { collaborator, text } => {
                state.call(&collaborator.name, &json!({"question": text}), to)
            }
            Told::Answered { collaborator, text } => {
                state.result(&collaborator.name, &json!({"text": text}), to)
            }
            Told::Used { tool, .. } => {
                let (name, input, output) = tool.call();
                state.call(name, &input, to)?;
                state.result(name, &json!({"json": output}), to)
            }
            Told::Reasoned { reason, .. } => state.reason(&reason.text, to),
            Told::Said(piece) => state.say(piece, to),
            Told::Cited(cite) => state.say(cite.text.as_bytes(), to),
            Told::Files(_) | Told::ReturnControl(_) => {
                let message = "only Bedrock Agents have what this step of the scenario tells";
                let payload = json!({"message": message, "reason": "CannotParse"});
                write_exception("validationException", &payload, to)
            }
            Told::Failed(exception) => fail(exception, to),
            Told::Ended => state.close("end_turn", to),
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
