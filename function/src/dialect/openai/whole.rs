//! A chat completion in one piece: nothing is sent before the end, because its status depends on it.

use bytes::{BufMut as _, BytesMut};
use http::StatusCode;
use serde::Serialize;

use super::completion::{Annotation, Choice, Completion, Identity, Message, ToolCall, annotations};
use super::failure::{self, Failed};
use super::finish_reason;
use super::voices::{Said, Voices};
use crate::dialect::{self, Dialect, Head, client_tools};
use crate::event::{Event, Usage};
use crate::relay::Moment;

/// What has been said so far.
#[derive(Debug)]
pub(in crate::dialect) struct Whole {
    identity: Identity,
    session_id: String,
    voices: Voices,
    content: String,
    reasoning: String,
    calls: Vec<ToolCall>,
    annotations: Vec<Annotation>,
    /// The agent has been heard.
    begun: bool,
    head: Option<Head>,
}

impl Dialect for Whole {
    fn head(&self) -> Option<Head> {
        self.head.clone()
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Open | Moment::KeepAlive => {}
            Moment::Start {
                session_id,
                request_id,
                agent,
                at,
            } => {
                self.session_id.clone_from(session_id);
                self.identity.start(request_id, *at);
                self.voices = Voices::asking(agent);
            }
            Moment::Event { event, .. } => {
                self.begun = true;
                self.event(event);
            }
            Moment::Complete { totals, .. } => {
                if let Some(verdict) = self.voices.verdict() {
                    self.content = verdict;
                }
                self.head = Some(dialect::whole(StatusCode::OK, "application/json"));
                self.complete(totals.usage, out);
            }
            Moment::Failed { failure, .. } => {
                self.head = Some(failure::head(*failure, self.begun));
                write(&Failed::new(*failure), out);
            }
        }
    }
}

impl Whole {
    pub(in crate::dialect) fn new(model: String) -> Self {
        Self {
            identity: Identity::of("chat.completion", model),
            session_id: String::new(),
            voices: Voices::default(),
            content: String::new(),
            reasoning: String::new(),
            calls: Vec::new(),
            annotations: Vec::new(),
            begun: false,
            head: None,
        }
    }

    fn event(&mut self, event: &Event) {
        match self.voices.hear(event) {
            Some(Said::Answer(text)) => return self.content.push_str(text),
            Some(Said::Aside { heading, text }) => {
                self.reasoning.push_str(&heading.unwrap_or_default());
                return self.reasoning.push_str(text);
            }
            None => {}
        }
        match event {
            Event::ReturnControl {
                invocation_id,
                inputs,
                ..
            } => {
                for call in client_tools::calls(&self.session_id, invocation_id, inputs) {
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
            content: said(&self.content),
            refusal: None,
            reasoning_content: said(&self.reasoning),
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

fn said(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Strings and numbers always serialise into memory.
fn write(json: &impl Serialize, out: &mut BytesMut) {
    let _ = serde_json::to_writer(out.writer(), json);
}
