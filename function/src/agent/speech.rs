//! How an agent's own program speaks: the body of its answer becomes events. Pure.
//!
//! There is no fixed format: an agent sends what its author yields. Three steps make events of it:
//!
//! ```text
//! bytes -> framing: messages -> reading: vocabularies: what is heard -> tell: once: events
//! ```
//!
//! What a deployment says of its own messages comes before all vocabularies ([`configured`]); what each message
//! was taken for is told to whoever asks for it ([`explain`]).
//!
//! A vocabulary is one way to speak: a framework's events, a protocol, objects of a program's own. Each has
//! a file; [`vocabularies`] is the closed list of them. What no vocabulary knows goes on to the client as
//! data, is never said, and is counted in the log.

mod a2a;
mod ag_ui;
mod agent_framework;
mod ai_sdk;
mod autogen;
mod blocks;
mod calls;
mod claude;
mod configured;
mod converse;
mod crewai;
mod explain;
mod fields;
mod framing;
mod google_adk;
mod halves;
mod heard;
mod interrupts;
mod langgraph;
mod llama_index;
mod notation;
mod once;
mod openai;
mod own;
mod pydantic_ai;
mod reading;
mod smolagents;
mod strands;
mod strands_typescript;
mod tell;
mod vocabularies;

use std::collections::VecDeque;
use std::sync::Arc;

use serde::de::IgnoredAny;

use super::answer::Progress;
use super::failure::{AgentError, Failure};
use crate::event::Event;
use crate::settings::agents::answer::AnswerSettings;
use configured::Configured;
use explain::Explaining;
use framing::{Body, Message};
use heard::Heard;
use reading::{Read, Reading};
use tell::Teller;

/// An answer, as far as it has come.
#[derive(Debug)]
pub(super) struct Speech {
    body: Body,
    messages: Vec<Message>,
    reading: Reading,
    teller: Teller,
    /// For whoever asks what each message is taken for.
    explaining: Option<Explaining>,
}

impl Speech {
    /// For an answer of this content type; events call the agent that is asked `name`.
    pub(super) fn new(content_type: &str, name: String) -> Self {
        Self {
            body: Body::new(content_type),
            messages: Vec::new(),
            reading: Reading::default(),
            teller: Teller::new(name),
            explaining: None,
        }
    }

    /// The same, where the deployment says what messages mean.
    pub(super) fn with_answer(self, answer: Option<Arc<AnswerSettings>>) -> Self {
        match answer {
            None => self,
            Some(answer) => Self {
                reading: self.reading.with(Configured::new(answer)),
                ..self
            },
        }
    }

    /// The same, where the client offers tools of these names.
    pub(super) fn with_client_tools(self, names: Vec<String>) -> Self {
        Self {
            teller: self.teller.with_client_tools(names),
            ..self
        }
    }

    /// The same; if `content_type` is given, each message is explained.
    pub(super) fn explained(self, content_type: Option<&str>) -> Self {
        let explaining = content_type.map(Explaining::new);
        Self { explaining, ..self }
    }

    /// Appends the events in the next bytes. An error counts after these events.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        events: &mut VecDeque<Event>,
    ) -> Result<Progress, AgentError> {
        let pushed = self.body.push(bytes, &mut self.messages);
        // Whole messages count even when what came after them is an error.
        let progress = self.tell(events)?;
        if progress == Progress::Ended {
            self.teller.end(events);
        } else {
            pushed.map_err(too_long)?;
        }
        Ok(progress)
    }

    /// Appends the events in what is left, after the proper end of the answer.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) -> Result<(), AgentError> {
        let ended = self.body.end(&mut self.messages);
        let is_cut = self.messages.last().is_some_and(is_cut);
        if is_cut {
            self.messages.pop();
        }
        if self.tell(events)? == Progress::Ended {
            self.teller.end(events);
            return Ok(());
        }
        ended.map_err(too_long)?;
        self.teller.end(events);
        if is_cut {
            let cause = "it ended inside a message";
            return Err(AgentError::caused(Failure::ConnectionLost, cause));
        }
        Ok(())
    }

    /// What comes after the end of the answer is not read.
    fn tell(&mut self, events: &mut VecDeque<Event>) -> Result<Progress, AgentError> {
        for message in self.messages.drain(..) {
            let explaining = self.explaining.as_mut();
            let explanation = explaining.map(|it| it.begin(&message, &self.body));
            let read = self.reading.read(message);
            let is_last = read.heard.iter().any(|heard| matches!(heard, Heard::End));
            match explanation {
                None => tell_all(&mut self.teller, read, events)?,
                Some(explanation) => {
                    let from = events.len();
                    let (explanation, told) =
                        explain::tell(&mut self.teller, read, explanation, events);
                    events.insert(from, Event::Explanation(explanation));
                    told?;
                }
            }
            if is_last {
                return Ok(Progress::Ended);
            }
        }
        Ok(Progress::GoesOn)
    }
}

fn tell_all(
    teller: &mut Teller,
    read: Read,
    events: &mut VecDeque<Event>,
) -> Result<(), AgentError> {
    let (vocabulary, has_halves) = (read.vocabulary, read.has_halves);
    let mut heard = read.heard.into_iter();
    heard.try_for_each(|heard| teller.tell(heard, vocabulary, has_halves, events))
}

fn too_long(_: framing::TooLong) -> AgentError {
    AgentError::caused(Failure::AgentFailed, "a message of more than 10 MB")
}

/// Whether a last message without an end of its own is JSON that breaks off. Text that only begins
/// like JSON is whole.
fn is_cut(message: &Message) -> bool {
    let (Message::Event { data: bytes, .. } | Message::Value(bytes)) = message else {
        return false;
    };
    let begins_as_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'"'));
    begins_as_json && serde_json::from_slice::<IgnoredAny>(bytes).is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests;
