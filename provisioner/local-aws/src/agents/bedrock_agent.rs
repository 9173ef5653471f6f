//! `InvokeAgent` of Amazon Bedrock Agents.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::body::Body;
use base64::Engine as _;
use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cast::Agents;
use super::event::{Encoder, Event, new_id};
use super::player::Question;
use super::stage;
use crate::route::{Call, Names};
use crate::scenario::{Agent, LONGEST_CHUNK, Scenario};
use crate::wire::api_error::ApiError;
use crate::wire::event_stream::{self, FrameError, write_event, write_exception};
use input::Input;
use traces::{ModelCall, Source};

mod input;
mod members;
mod traces;

/// The last trace repeats the answer, unless the answer is longer than this.
const LONGEST_FINAL_TRACE: usize = 100_000;

/// Bedrock's answer to a request that only ends its session.
const SESSION_ENDED: &str = "Session is terminated as 'endSession' flag is set in request.";

/// Answers `InvokeAgent`.
pub(super) async fn invoke(agents: &Agents, call: &Call) -> Result<Response<Body>, ApiError> {
    let input = Input::read(call)?;
    let agent = called(agents.scenario(), call)?;
    let headers = headers(&input);
    let question = Question {
        topic: input.topic().to_owned(),
        text: input.question.clone(),
        returned: input.returned.clone(),
    };
    let ends = input.end_session && input.question.is_empty();
    let encoder = Box::new(Messages {
        supervisor: agent,
        input,
        said: Mutex::default(),
        clock: SystemTime::now,
    });
    let mut response = if ends {
        stage::say_only(SESSION_ENDED, encoder).await
    } else {
        stage::play(agents, question, encoder).await
    };
    if response.status().is_success() {
        response.headers_mut().extend(headers);
    }
    Ok(response)
}

/// The agent that is called, under the alias that it is called by.
fn called(scenario: &Scenario, call: &Call) -> Result<Agent, ApiError> {
    let Names {
        resource: id,
        item: alias,
        ..
    } = &call.names;
    let fits = |agent: &&Agent| agent.id == *id && agent.has_alias(alias);
    let agent = scenario.agents().find(fits).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            "Failed to retrieve resource because it doesn't exist. Retry the request with a \
             different resource identifier.",
        )
    })?;
    Ok(Agent {
        alias: alias.clone(),
        ..agent.clone()
    })
}

fn headers(input: &Input) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, Some(event_stream::CONTENT_TYPE)),
        (
            HeaderName::from_static("x-amzn-bedrock-agent-content-type"),
            Some("application/json"),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-session-id"),
            Some(input.session_id.as_str()),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-memory-id"),
            input.memory_id.as_deref(),
        ),
    ] {
        // The patterns of both identifiers allow only what a header may hold.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// The messages of one `ResponseStream`.
struct Messages {
    supervisor: Agent,
    input: Input,
    /// The answer so far.
    said: Mutex<Vec<u8>>,
    clock: fn() -> SystemTime,
}

impl Encoder for Messages {
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        match event {
            Event::ModelCalled {
                id,
                agent,
                question,
            } => self.trace(agent, &traces::model_invocation_input(id, question), to),
            Event::ModelAnswered {
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
            Event::CollaboratorCalled { collaborator, text } => {
                let input = traces::collaborator_input(&new_id(), collaborator, text);
                self.trace(&self.supervisor, &input, to)
            }
            Event::CollaboratorAnswered { collaborator, text } => {
                let theirs = traces::final_response(&new_id(), text);
                self.trace(collaborator, &theirs, to)?;
                let observed = traces::collaborator_output(&new_id(), collaborator, text);
                self.trace(&self.supervisor, &observed, to)
            }
            Event::Text(piece) => self.say(piece, to),
            Event::Citation(cite) => {
                // Text with citations is a chunk of its own, whether the answer is streamed or not.
                let mut said = self.said();
                let before = String::from_utf8_lossy(&said).chars().count();
                if self.input.stream_final_response {
                    said.extend_from_slice(cite.text.as_bytes());
                }
                write_event("chunk", &members::cited(cite, before), to)
            }
            Event::Files(files) => write_event("files", &members::files(files), to),
            Event::ReturnControl(control) => {
                let payload = members::return_control(control, &Uuid::new_v4().to_string());
                write_event("returnControl", &payload, to)
            }
            Event::Guardrail(guardrail) => {
                let trace = members::guardrail(&new_id(), guardrail);
                self.trace_of(&self.supervisor, &trace, to)
            }
            Event::Reasoning { agent, reason } => {
                self.trace(agent, &members::reasoning(&new_id(), reason), to)
            }
            Event::ToolUse { agent, tool } => members::tool(&new_id(), tool)
                .iter()
                .try_for_each(|step| self.trace(agent, step, to)),
            Event::Exception(exception) => {
                let payload = json!({ "message": exception.message });
                write_exception(&exception.name, &payload, to)
            }
            Event::End => self.end(to),
        }
    }
}

impl Messages {
    /// A part of the final answer. Without streaming it is kept for the end.
    fn say(&self, piece: &[u8], to: &mut BytesMut) -> Result<(), FrameError> {
        let streams = self.input.stream_final_response;
        if !streams || self.input.enable_trace {
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
        if self.input.stream_final_response {
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
        if !self.input.enable_trace {
            return Ok(());
        }
        let source = Source {
            supervisor: &self.supervisor,
            agent,
            session_id: &self.input.session_id,
        };
        write_event("trace", &source.part(trace, (self.clock)()), to)
    }
}

fn chunk(bytes: &[u8], to: &mut BytesMut) -> Result<(), FrameError> {
    let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
    write_event("chunk", &json!({ "bytes": bytes }), to)
}
