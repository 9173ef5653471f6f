//! A chat completion in one piece. Nothing is sent before the end, because the status depends on it.

use bytes::{BufMut as _, BytesMut};
use http::StatusCode;
use serde::Serialize;

use super::completion::{
    Annotation, Choice, Completion, Identity, Message, ToolCall, annotations, finish_reason,
};
use super::failure::{self, Failed, Run};
use super::voices::{Place, Voices};
use crate::dialect::inquiries::{self, Origin};
use crate::dialect::stream::{self, Dialect, Head};
use crate::event::{AskBack, Event, Usage};
use crate::relay::Moment;

/// The answer so far.
#[derive(Debug)]
pub(super) struct Whole {
    identity: Identity,
    origin: Origin,
    voices: Voices,
    content: String,
    reasoning: String,
    calls: Vec<ToolCall>,
    annotations: Vec<Annotation>,
    run: Run,
    head: Option<Head>,
}

impl Dialect for Whole {
    fn head(&self) -> Option<Head> {
        self.head.clone()
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                self.origin = Origin::of(start);
                self.identity.start(&start.request_id, start.at);
                self.voices = Voices::new(&start.agent);
            }
            Moment::Event { event, .. } => {
                self.run = Run::HasBegun;
                self.event(event);
            }
            Moment::Complete { totals, .. } => {
                if let Some(verdict) = self.voices.verdict() {
                    self.content = verdict;
                }
                self.head = Some(stream::whole(StatusCode::OK, "application/json"));
                self.complete(totals.usage, out);
            }
            Moment::Failed {
                failure, totals, ..
            } => {
                if totals.has_begun {
                    self.run = Run::HasBegun;
                }
                self.head = Some(failure::head(*failure, self.run));
                write(&Failed::new(*failure), out);
            }
        }
    }
}

impl Whole {
    pub(super) fn new(model: String) -> Self {
        Self {
            identity: Identity::new("chat.completion", model),
            origin: Origin::default(),
            voices: Voices::default(),
            content: String::new(),
            reasoning: String::new(),
            calls: Vec::new(),
            annotations: Vec::new(),
            run: Run::MayNotHaveBegun,
            head: None,
        }
    }

    fn event(&mut self, event: &Event) {
        match self.voices.hear(event) {
            Some(Place::Answer(text)) => return self.content.push_str(text),
            Some(Place::Aside { heading, text }) => {
                self.reasoning.push_str(&heading.unwrap_or_default());
                return self.reasoning.push_str(text);
            }
            None => {}
        }
        match event {
            Event::AskBack(AskBack { asked, .. }) => {
                for call in inquiries::calls(&self.origin, asked) {
                    self.calls.push(ToolCall::new(self.calls.len(), call));
                }
            }
            Event::Citation { citation, .. } => self.annotations.extend(annotations(citation)),
            _ => {}
        }
    }

    fn complete(&self, usage: Usage, out: &mut BytesMut) {
        let message = Message {
            role: "assistant",
            content: not_empty(&self.content),
            refusal: None,
            reasoning_content: not_empty(&self.reasoning),
            tool_calls: &self.calls,
            annotations: &self.annotations,
        };
        let completion = Completion {
            identity: &self.identity,
            choices: [Choice {
                index: 0,
                message,
                logprobs: None,
                finish_reason: finish_reason(self.calls.len()),
            }],
            usage: usage.into(),
        };
        write(&completion, out);
    }
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn write(json: &impl Serialize, out: &mut BytesMut) {
    // Can't fail: strings and numbers always serialise into memory.
    let _ = serde_json::to_writer(out.writer(), json);
}
