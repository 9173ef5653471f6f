//! A chat completion as a stream of chunks.

use bytes::{BufMut as _, BytesMut};

use super::completion::{
    ChunkChoice, CompletionUsage, Delta, Identity, ToolCall, annotations, finish_reason,
};
use super::failure::Failed;
use super::voices::{Place, Voices};
use crate::dialect::inquiries::{self, Origin};
use crate::dialect::sse;
use crate::dialect::stream::Dialect;
use crate::event::{AskBack, Event};
use crate::relay::Moment;

/// The encoder of one stream.
#[derive(Debug)]
pub(super) struct Streamed {
    include_usage: bool,
    identity: Identity,
    /// The beginning of each frame, up to the choices: always the same, so made once.
    opening: Vec<u8>,
    origin: Origin,
    voices: Voices,
    /// The number of calls that wait for the client.
    calls: usize,
}

impl Dialect for Streamed {
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                self.origin = Origin::of(start);
                self.identity.start(&start.request_id, start.at);
                self.opening = self.identity.opening();
                self.voices = Voices::new(&start.agent);
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
            // Without `[DONE]`: clients that ignore errors must not take the answer for complete.
            Moment::Failed { failure, .. } => sse::data(&Failed::new(*failure), out),
        }
    }
}

impl Streamed {
    pub(super) fn new(model: String, include_usage: bool) -> Self {
        Self {
            include_usage,
            identity: Identity::new("chat.completion.chunk", model),
            opening: Vec::new(),
            origin: Origin::default(),
            voices: Voices::default(),
            calls: 0,
        }
    }

    fn event(&mut self, event: &Event, out: &mut BytesMut) {
        match self.voices.hear(event) {
            Some(Place::Answer(text)) => self.content(text, out),
            Some(Place::Aside { heading, text }) => {
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

    /// The tools that agents use by themselves are left out: clients would try to run them.
    fn other(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::AskBack(AskBack { asked, .. }) => {
                let calls: Vec<_> = inquiries::calls(&self.origin, asked)
                    .into_iter()
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

    fn chunk(
        &self,
        choices: &[ChunkChoice<'_>],
        usage: Option<&CompletionUsage>,
        out: &mut BytesMut,
    ) {
        if self.include_usage {
            sse::frame(&self.opening, &choices, b",\"usage\":", out);
            // `null` up to the last chunk.
            sse::frame(b"", &usage, b"}\n\n", out);
        } else {
            sse::frame(&self.opening, &choices, b"}\n\n", out);
        }
    }
}
