//! `InvokeAgent` of Amazon Bedrock Agents.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::body::Body;
use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::player::Question;
use super::told::{Told, Voice, new_id};
use super::{Agents, error};
use crate::event_stream::{self, FrameError, write_event, write_exception};
use crate::scenario::{Agent, LONGEST_CHUNK};
use call::{Call, Rejected};
use traces::{ModelCall, Source};

mod call;
mod members;
mod traces;

/// The last trace repeats the answer, but not a flood.
const LONGEST_FINAL_TRACE: usize = 100_000;

/// What Bedrock says to the end of a session.
const SESSION_ENDED: &str = "Session is terminated as 'endSession' flag is set in request.";

/// Answers a request to the service `bedrock`.
pub(crate) async fn handle(agents: &Agents, request: Request<Bytes>) -> Response<Body> {
    let supervisor = &agents.scenario().agent;
    let call = match Call::read(&request, supervisor) {
        Ok(call) => call,
        Err(rejected) => return reject(&rejected),
    };
    let headers = headers(&call);
    let question = Question {
        topic: call.topic().to_owned(),
        text: call.question.clone(),
        returned: call.returned.clone(),
    };
    let ends = call.end_session && call.question.is_empty();
    let voice = Messages {
        supervisor: supervisor.clone(),
        call,
        said: Mutex::default(),
        clock: SystemTime::now,
    };
    let mut response = if ends {
        agents.say_only(SESSION_ENDED, Box::new(voice)).await
    } else {
        agents.play(question, Box::new(voice)).await
    };
    if response.status().is_success() {
        response.headers_mut().extend(headers);
    }
    response
}

fn headers(call: &Call) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, Some(event_stream::CONTENT_TYPE)),
        (
            HeaderName::from_static("x-amzn-bedrock-agent-content-type"),
            Some("application/json"),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-session-id"),
            Some(call.session_id.as_str()),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-memory-id"),
            call.memory_id.as_deref(),
        ),
    ] {
        // The patterns of both identifiers allow only what a header may hold.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn reject(rejected: &Rejected) -> Response<Body> {
    let (status, code) = match rejected {
        Rejected::NotEmulated(_) => (StatusCode::NOT_IMPLEMENTED, "NotEmulated"),
        Rejected::Invalid(_) => (StatusCode::BAD_REQUEST, "ValidationException"),
        Rejected::Unknown => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
    };
    error(status, code, &rejected.to_string())
}

/// The messages of one `ResponseStream`.
struct Messages {
    supervisor: Agent,
    call: Call,
    /// All that the supervisor has said.
    said: Mutex<Vec<u8>>,
    clock: fn() -> SystemTime,
}

impl Voice for Messages {
    fn tell(&self, told: Told<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        match told {
            Told::Thinking {
                id,
                agent,
                question,
            } => self.trace(agent, &traces::model_invocation_input(id, question), to),
            Told::Thought {
                id,
                agent,
                think,
                rationale,
                begun,
            } => {
                let call = ModelCall {
                    id,
                    begun,
                    ended: (self.clock)(),
                    tokens: think.tokens,
                };
                let output = traces::model_invocation_output(&call, rationale.unwrap_or_default());
                self.trace(agent, &output, to)?;
                rationale.map_or(Ok(()), |rationale| {
                    self.trace(agent, &traces::rationale(id, rationale), to)
                })
            }
            Told::Asked { collaborator, text } => {
                let input = traces::collaborator_input(&new_id(), collaborator, text);
                self.trace(&self.supervisor, &input, to)
            }
            Told::Answered { collaborator, text } => {
                let theirs = traces::final_response(&new_id(), text);
                self.trace(collaborator, &theirs, to)?;
                let observed = traces::collaborator_output(&new_id(), collaborator, text);
                self.trace(&self.supervisor, &observed, to)
            }
            Told::Said(piece) => self.say(piece, to),
            Told::Cited(cite) => {
                // Words with their sources are not put together with others, streamed or not.
                let mut said = self.said();
                let before = String::from_utf8_lossy(&said).chars().count();
                if self.call.stream_final_response {
                    said.extend_from_slice(cite.text.as_bytes());
                }
                write_event("chunk", &members::cited(cite, before), to)
            }
            Told::Files(files) => write_event("files", &members::files(files), to),
            Told::ReturnControl(control) => {
                let payload = members::return_control(control, &Uuid::new_v4().to_string());
                write_event("returnControl", &payload, to)
            }
            Told::Guardrail(guardrail) => {
                let trace = members::guardrail(&new_id(), guardrail);
                self.trace_of(&self.supervisor, &trace, to)
            }
            Told::Reasoned { agent, reason } => {
                self.trace(agent, &members::reasoning(&new_id(), reason), to)
            }
            Told::Used { agent, tool } => members::tool(&new_id(), tool)
                .iter()
                .try_for_each(|step| self.trace(agent, step, to)),
            Told::Failed(exception) => {
                let payload = json!({ "message": exception.message });
                write_exception(&exception.name, &payload, to)
            }
            Told::Ended => self.end(to),
        }
    }
}

impl Messages {
    /// A part of the final answer. Without streaming it is kept for the end.
    fn say(&self, piece: &[u8], to: &mut BytesMut) -> Result<(), FrameError> {
        let streams = self.call.stream_final_response;
        if !streams || self.call.enable_trace {
            self.said().extend_from_slice(piece);
        }
        if streams { chunk(piece, to) } else { Ok(()) }
    }

    fn said(&self) -> MutexGuard<'_, Vec<u8>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, to: &mut BytesMut) -> Result<(), FrameError> {
        let said = std::mem::take(&mut *self.said());
        if !said.is_empty() && said.len() <= LONGEST_FINAL_TRACE {
            let text = String::from_utf8_lossy(&said);
            let response = traces::final_response(&new_id(), &text);
            self.trace(&self.supervisor, &response, to)?;
        }
        if self.call.stream_final_response {
            return Ok(());
        }
        said.chunks(LONGEST_CHUNK)
            .try_for_each(|piece| chunk(piece, to))
    }

    fn trace(
        &self,
        agent: &Agent,
        orchestration: &Value,
        to: &mut BytesMut,
    ) -> Result<(), FrameError> {
        let trace = json!({ "orchestrationTrace": orchestration });
        self.trace_of(agent, &trace, to)
    }

    fn trace_of(&self, agent: &Agent, trace: &Value, to: &mut BytesMut) -> Result<(), FrameError> {
        if !self.call.enable_trace {
            return Ok(());
        }
        let source = Source {
            supervisor: &self.supervisor,
            agent,
            session_id: &self.call.session_id,
        };
        write_event("trace", &source.part(trace, (self.clock)()), to)
    }
}

fn chunk(bytes: &[u8], to: &mut BytesMut) -> Result<(), FrameError> {
    let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
    write_event("chunk", &json!({ "bytes": bytes }), to)
}
