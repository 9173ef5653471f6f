//! What is heard becomes events.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::calls::{Calls, is_known};
use super::halves::{self, Halves};
use super::heard::{Form, Heard};
use super::once::Once;
use crate::agent::failure::{AgentError, Failure};
use crate::event::{AskBack, Asked, Event, Inquiry, ToolResult, Trace};

/// How many messages are known by their ids, and agents by their names.
const MOST_KNOWN: usize = 10_000;
/// How many things an agent asks at once: more than any does, and all that clients may answer at once.
const MOST_ASKED: usize = 64;

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Teller {
    /// The name in events of the agent that is asked.
    name: String,
    speakers: Vec<Speaker>,
    /// The names of agents that messages name by an id.
    names: HashMap<String, String>,
    calls: Calls,
    /// Messages that have been told, by their ids.
    messages: HashSet<String>,
    /// What the agent asks its client, and who does; told at the end, for all of it is answered together.
    asked: Vec<(String, Inquiry)>,
}

#[derive(Debug)]
struct Speaker {
    agent: String,
    /// Its own message that it is in; empty if it has named none.
    message: String,
    said: Voice,
    thought: Voice,
}

#[derive(Debug, Default)]
struct Voice {
    once: Once,
    halves: Halves,
    /// Of the words that Strands sends a second time.
    echo: Halves,
}

impl Teller {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            speakers: Vec::new(),
            names: HashMap::new(),
            calls: Calls::default(),
            messages: HashSet::new(),
            asked: Vec::new(),
        }
    }

    /// The same, where the client offers tools of these names.
    pub(super) fn with_client_tools(self, names: Vec<String>) -> Self {
        let calls = self.calls.with_client_tools(names);
        Self { calls, ..self }
    }

    /// Appends the events of what was heard; `has_halves` is about its strings, and
    /// `vocabulary` is for the log.
    #[expect(clippy::too_many_lines, reason = "an arm for each meaning")]
    pub(super) fn tell(
        &mut self,
        heard: Heard,
        vocabulary: &str,
        has_halves: bool,
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        match heard {
            Heard::Said { agent, form, text } => {
                let agent = self.agent(agent);
                if let Some(content) = self.speaker(&agent).said.hear(form, text, has_halves) {
                    events.push_back(Event::Chunk { agent, content });
                }
            }
            Heard::Thought { agent, form, text } => {
                let agent = self.agent(agent);
                let speaker = self.speaker(&agent);
                // What was said aloud is no thought any more.
                let is_said = match form {
                    Form::Whole(name) => speaker.said.once.has_told(name, &text),
                    _ => false,
                };
                if !is_said && let Some(content) = speaker.thought.hear(form, text, has_halves) {
                    events.push_back(Event::Reasoning { agent, content });
                }
            }
            Heard::Call {
                agent,
                id,
                name,
                input,
            } => {
                let agent = self.agent(agent);
                self.turn(&agent);
                let input = clean(input, has_halves);
                self.calls.whole(agent, id, name, input, events);
            }
            Heard::CallBegins {
                agent,
                block,
                id,
                name,
            } => {
                let agent = self.agent(agent);
                self.turn(&agent);
                self.calls.begin(agent, block, id, name, events);
            }
            Heard::CallInput {
                agent,
                block,
                piece,
            } => {
                let agent = self.agent(agent);
                self.calls.input(&agent, &block, &piece, has_halves, events);
            }
            Heard::CallEnds { agent, block } => {
                let agent = self.agent(agent);
                self.calls.close(&agent, Some(&block), events);
            }
            Heard::Result {
                agent,
                id,
                name,
                output,
                failed,
            } => {
                let agent = self.agent(agent);
                self.turn(&agent);
                self.calls.close(&agent, None, events);
                let output = clean(output, has_halves);
                let result = ToolResult {
                    agent,
                    id,
                    output,
                    failed,
                };
                self.calls.result(result, name, events);
            }
            Heard::Asked { agent, mut inquiry } => {
                inquiry.input = clean(inquiry.input, has_halves);
                self.calls.describe(&mut inquiry);
                self.ask(self.agent(agent), inquiry);
            }
            Heard::Citation { agent, citation } => {
                let agent = self.agent(agent);
                events.push_back(Event::Citation { agent, citation });
            }
            Heard::Usage { agent, usage } => {
                let agent = self.agent(agent);
                events.push_back(Event::Usage { agent, usage });
            }
            Heard::Status { agent, state } => {
                let agent = self.agent(agent);
                events.push_back(Event::Status { agent, state });
            }
            Heard::Handoff { agent, to } => {
                let agent = self.agent(agent);
                let trace = Trace {
                    step: "handoff",
                    collaborator: to,
                    ..Trace::default()
                };
                events.push_back(Event::Trace { agent, trace });
            }
            Heard::Turn { agent } => {
                let agent = self.agent(agent);
                self.turn(&agent);
                self.calls.close(&agent, None, events);
            }
            Heard::InMessage { agent, id } => {
                let agent = self.agent(agent);
                let speaker = self.speaker(&agent);
                if speaker.message != id {
                    speaker.message.clone_from(&id);
                    events.push_back(Event::InMessage { agent, id });
                }
            }
            Heard::Foreign {
                agent,
                event,
                is_internal,
            } => events.push_back(Event::Foreign {
                agent: self.agent(agent),
                event: clean(event, has_halves),
                is_internal,
            }),
            Heard::Message { id, heard } => {
                if id.is_empty() || !is_known(&mut self.messages, &id) {
                    for heard in heard {
                        self.tell(heard, vocabulary, has_halves, events)?;
                    }
                }
            }
            Heard::Named { agent, name } => {
                if self.names.len() < MOST_KNOWN {
                    self.names.insert(agent, name);
                }
            }
            Heard::Data { agent, data } => {
                let agent = self.agent(agent);
                events.push_back(Event::Data {
                    agent,
                    data: clean(data, has_halves),
                });
            }
            Heard::Failed { reason } => {
                let cause = format!("the agent reported {reason}, as {vocabulary} tells it");
                return Err(AgentError::caused(Failure::AgentFailed, cause));
            }
            // That nothing more is read is up to whoever reads.
            Heard::End | Heard::Bookkeeping => {}
            Heard::Unread(reason) => events.push_back(Event::Unread(reason)),
        }
        Ok(())
    }

    /// Keeps what is asked. Most programs tell it as it happens, and once more in their result, where there may be more.
    fn ask(&mut self, agent: String, inquiry: Inquiry) {
        let known = self.asked.iter_mut().find(|(_, it)| it.id == inquiry.id);
        if let Some((_, known)) = known {
            known.message = known.message.take().or(inquiry.message);
            known.schema = known.schema.take().or(inquiry.schema);
            known.tool_call_id = known.tool_call_id.take().or(inquiry.tool_call_id);
            known.expires_at = known.expires_at.take().or(inquiry.expires_at);
            known.is_told_in_ag_ui &= inquiry.is_told_in_ag_ui;
        } else if self.asked.len() < MOST_ASKED {
            self.asked.push((agent, inquiry));
        }
    }

    /// What is left at the end of an answer.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        self.calls.end(events);
        for inquiry in self.calls.confirmations() {
            self.ask(self.name.clone(), inquiry);
        }
        for speaker in &mut self.speakers {
            if let Some(half) = speaker.said.halves.end() {
                events.push_back(Event::Chunk {
                    agent: speaker.agent.clone(),
                    content: half.to_string(),
                });
            }
        }
        let agent = self.asked.first().map(|(agent, _)| agent.clone());
        if let Some(agent) = agent {
            let inquiries = std::mem::take(&mut self.asked).into_iter();
            let inquiries = inquiries.map(|(_, inquiry)| inquiry).collect();
            let asked = Asked::Inquiries(inquiries);
            events.push_back(Event::AskBack(AskBack { agent, asked }));
        }
    }

    /// The name of an agent in events.
    fn agent(&self, agent: Option<String>) -> String {
        match agent {
            None => self.name.clone(),
            Some(agent) => self.names.get(&agent).cloned().unwrap_or(agent),
        }
    }

    fn speaker(&mut self, agent: &str) -> &mut Speaker {
        let known = self
            .speakers
            .iter()
            .position(|speaker| speaker.agent == agent);
        let known = known.unwrap_or_else(|| {
            self.speakers.push(Speaker {
                agent: agent.to_owned(),
                message: String::new(),
                said: Voice::default(),
                thought: Voice::default(),
            });
            self.speakers.len() - 1
        });
        &mut self.speakers[known]
    }

    fn turn(&mut self, agent: &str) {
        let speaker = self.speaker(agent);
        speaker.said.once.turn();
        speaker.thought.once.turn();
    }
}

fn clean(mut value: Value, has_halves: bool) -> Value {
    if has_halves {
        halves::replace(&mut value);
    }
    value
}

impl Voice {
    /// The words that have to be told.
    fn hear(&mut self, form: Form, text: String, has_halves: bool) -> Option<String> {
        let halves = match form {
            Form::Echo => &mut self.echo,
            _ => &mut self.halves,
        };
        let is_piece = !matches!(form, Form::Whole(_));
        let text = if is_piece && (has_halves || !halves.is_idle()) {
            halves.join(&text, has_halves)
        } else if has_halves {
            Halves::default().join(&text, true)
        } else {
            text
        };
        (!text.is_empty() && self.once.is_new(form, &text)).then_some(text)
    }
}
