//! `OpenAI`'s chat completions: an agent is a model. Streamed or whole, as the client asks.

mod completion;
mod failure;
mod request;
mod voices;
mod whole;

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{BufMut as _, BytesMut};
use serde_json::{Value, json};

pub use request::read;
pub(super) use whole::Whole;

use super::{Dialect, Head, client_tools, event_stream, sse};
use crate::event::Event;
use crate::relay::Moment;
use crate::request::Refusal;
use completion::{ChunkChoice, Completion, Delta, Identity, ToldUsage, ToolCall, annotations};
use failure::Failed;
use voices::{Said, Voices};

/// The state of one stream.
#[derive(Debug)]
pub(super) struct Streamed {
    include_usage: bool,
    identity: Identity,
    session_id: String,
    voices: Voices,
    /// How much the client has been asked to do before the agent goes on.
    calls: usize,
}

impl Dialect for Streamed {
    fn head(&self) -> Option<Head> {
        Some(event_stream())
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Open => out.put_slice(sse::OPEN),
            Moment::KeepAlive => out.put_slice(sse::KEEP_ALIVE),
            Moment::Start {
                session_id,
                request_id,
                agent,
                at,
            } => {
                self.session_id.clone_from(session_id);
                self.identity.begin(request_id, *at);
                self.voices = Voices::asking(agent);
                let delta = Delta {
                    role: Some("assistant"),
                    content: Some(""),
                    ..Delta::default()
                };
                self.delta(delta, None, out);
            }
            Moment::Event { event, .. } => self.event(event, out),
            Moment::Complete { totals, .. } => {
                if let Some(verdict) = self.voices.verdict() {
                    self.content(&verdict, out);
                }
                self.delta(Delta::default(), Some(finish_reason(self.calls)), out);
                if self.include_usage {
                    self.chunk(&[], ToldUsage::Now(totals.usage.into()), out);
                }
                out.put_slice(sse::DONE);
            }
            // Without `[DONE]`: clients that do not know of errors must not take it for an end.
            Moment::Failed { failure, .. } => {
                sse::data(&Failed::new(*failure), out);
            }
        }
    }
}

impl Streamed {
    pub(super) fn new(model: String, include_usage: bool) -> Self {
        Self {
            include_usage,
            identity: Identity {
                model,
                ..Identity::default()
            },
            session_id: String::new(),
            voices: Voices::default(),
            calls: 0,
        }
    }

    fn event(&mut self, event: &Event, out: &mut BytesMut) {
        match self.voices.hear(event) {
            Some(Said::Answer(text)) => self.content(text, out),
            Some(Said::Aside { heading, text }) => {
                for reasoning in heading.as_deref().into_iter().chain([text]) {
                    let delta = Delta {
                        reasoning_content: Some(reasoning),
                        ..Delta::default()
                    };
                    self.delta(delta, None, out);
                }
            }
            None => self.other(event, out),
        }
    }

    /// Tools that agents use by themselves are not told: clients would think that it is on them.
    fn other(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::ReturnControl {
                invocation_id,
                inputs,
                ..
            } => {
                let calls: Vec<_> = client_tools::calls(&self.session_id, invocation_id, inputs)
                    .zip(self.calls..)
                    .map(|(call, index)| ToolCall::new(index, call))
                    .collect();
                self.calls += calls.len();
                let delta = Delta {
                    tool_calls: &calls,
                    ..Delta::default()
                };
                self.delta(delta, None, out);
            }
            Event::Citation { citation, .. } => {
                let annotations = annotations(citation);
                if !annotations.is_empty() {
                    let delta = Delta {
                        annotations: &annotations,
                        ..Delta::default()
                    };
                    self.delta(delta, None, out);
                }
            }
            _ => {}
        }
    }

    fn content(&self, text: &str, out: &mut BytesMut) {
        let delta = Delta {
            content: Some(text),
            ..Delta::default()
        };
        self.delta(delta, None, out);
    }

    fn delta(&self, delta: Delta<'_>, finish_reason: Option<&'static str>, out: &mut BytesMut) {
        let choice = ChunkChoice {
            index: 0,
            delta,
            finish_reason,
        };
        let usage = if self.include_usage {
            ToldUsage::Later(())
        } else {
            ToldUsage::NotAskedFor
        };
        self.chunk(&[choice], usage, out);
    }

    fn chunk(&self, choices: &[ChunkChoice<'_>], usage: ToldUsage, out: &mut BytesMut) {
        let chunk = Completion {
            object: "chat.completion.chunk",
            usage,
            ..self.identity.completion(choices)
        };
        sse::data(&chunk, out);
    }
}

impl Identity {
    fn begin(&mut self, request_id: &str, at: SystemTime) {
        self.id = format!("chatcmpl-{request_id}");
        let since_epoch = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.created = since_epoch.as_secs();
    }

    fn completion<'a, C>(&'a self, choices: &'a [C]) -> Completion<'a, C> {
        Completion {
            id: &self.id,
            object: "chat.completion",
            created: self.created,
            model: &self.model,
            choices,
            usage: ToldUsage::NotAskedFor,
        }
    }
}

fn finish_reason(calls: usize) -> &'static str {
    if calls > 0 { "tool_calls" } else { "stop" }
}

/// The body of `GET /openai/v1/models`.
pub fn models<'a>(agents: impl Iterator<Item = &'a String>) -> Value {
    let models: Vec<_> = agents
        .map(|name| json!({"id": name, "object": "model", "created": 0, "owned_by": "aws"}))
        .collect();
    json!({"object": "list", "data": models})
}

pub(super) fn refused(refusal: &Refusal) -> Value {
    json!(Failed::refused(refusal))
}

#[cfg(test)]
mod tests;
