//! `OpenAI`'s chat completions: an agent is a model. Streamed or whole, as the client asks.

mod completion;
mod failure;
mod request;
mod voices;
mod whole;

use bytes::{BufMut as _, BytesMut};
use serde_json::{Value, json};

pub use request::read;
pub(super) use whole::Whole;

use super::{Dialect, Head, client_tools, event_stream, sse};
use crate::event::Event;
use crate::relay::Moment;
use crate::request::Refusal;
use completion::{ChunkChoice, CompletionUsage, Delta, Identity, ToolCall, annotations};
use failure::Failed;
use voices::{Said, Voices};

/// The state of one stream.
#[derive(Debug)]
pub(super) struct Streamed {
    include_usage: bool,
    identity: Identity,
    /// What each frame begins with: always the same, so written once.
    opening: Vec<u8>,
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
                self.identity.start(request_id, *at);
                self.opening = opening(&self.identity);
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
                    self.chunk(&[], Some(&totals.usage.into()), out);
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
            identity: Identity::of("chat.completion.chunk", model),
            opening: Vec::new(),
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
        self.chunk(&[choice], None, out);
    }

    /// One frame, or nothing at all.
    fn chunk(
        &self,
        choices: &[ChunkChoice<'_>],
        usage: Option<&CompletionUsage>,
        out: &mut BytesMut,
    ) {
        let begin = out.len();
        out.put_slice(&self.opening);
        let mut written = serde_json::to_writer((&mut *out).writer(), choices);
        if self.include_usage {
            // `null` up to the last chunk.
            out.put_slice(b",\"usage\":");
            written = written.and(serde_json::to_writer((&mut *out).writer(), &usage));
        }
        out.put_slice(b"}\n\n");
        if written.is_err() {
            out.truncate(begin);
        }
    }
}

/// A frame up to its choices.
fn opening(identity: &Identity) -> Vec<u8> {
    let mut opening = b"data: ".to_vec();
    if serde_json::to_writer(&mut opening, identity).is_ok() {
        // It goes on where the identity's object ends.
        opening.pop();
    }
    opening.extend_from_slice(b",\"choices\":");
    opening
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
