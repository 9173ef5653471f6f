//! What is heard becomes events.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::halves::{self, Halves};
use super::heard::{Form, Heard};
use super::once::Once;
use crate::agent::failure::{AgentError, Failure};
use crate::event::{Event, ToolCall, ToolResult, Trace};

/// The most input of one call that is kept, in bytes; a longer one is told without its input.
const LONGEST_INPUT: usize = 1024 * 1024;
/// How many calls and results are known by their ids.
const MOST_KNOWN: usize = 10_000;

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Teller {
    /// The name in events of the agent that is asked.
    name: String,
    speakers: Vec<Speaker>,
    /// The names of agents that messages name by an id.
    names: HashMap<String, String>,
    /// Calls whose input is not whole yet.
    open: Vec<Open>,
    /// Messages, calls and results that have been told, by their ids.
    messages: HashSet<String>,
    called: HashSet<String>,
    answered: HashSet<String>,
    /// Calls that have no result yet, oldest first.
    unanswered: Vec<Unanswered>,
}

#[derive(Debug)]
struct Speaker {
    agent: String,
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

#[derive(Debug)]
struct Open {
    agent: String,
    block: String,
    id: String,
    name: String,
    input: String,
}

#[derive(Debug)]
struct Unanswered {
    name: String,
    id: String,
    /// No message without an id has told the call a second time.
    is_told_once: bool,
}

impl Teller {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            speakers: Vec::new(),
            names: HashMap::new(),
            open: Vec::new(),
            messages: HashSet::new(),
            called: HashSet::new(),
            answered: HashSet::new(),
            unanswered: Vec::new(),
        }
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
                self.open
                    .retain(|open| open.id != id || open.agent != agent);
                self.call(agent, id, name, clean(input, has_halves), events);
            }
            Heard::CallBegins {
                agent,
                block,
                id,
                name,
            } => {
                let agent = self.agent(agent);
                self.turn(&agent);
                self.close(&agent, Some(&block), events);
                self.open.push(Open {
                    agent,
                    block,
                    id,
                    name,
                    input: String::new(),
                });
            }
            Heard::CallInput {
                agent,
                block,
                piece,
            } => {
                let agent = self.agent(agent);
                let of_block = |open: &&mut Open| open.agent == agent && open.block == block;
                match self.open.iter_mut().find(of_block) {
                    Some(open) if open.input.len() <= LONGEST_INPUT => open.input.push_str(&piece),
                    Some(_) => {}
                    None => events.push_back(Event::Unread("the input of an unknown call")),
                }
            }
            Heard::CallEnds { agent, block } => {
                let agent = self.agent(agent);
                self.close(&agent, Some(&block), events);
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
                self.close(&agent, None, events);
                let output = clean(output, has_halves);
                self.result(
                    ToolResult {
                        agent,
                        id,
                        output,
                        failed,
                    },
                    name,
                    events,
                );
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
                self.close(&agent, None, events);
            }
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

    /// What is left at the end of an answer.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        for open in std::mem::take(&mut self.open) {
            self.call_of(open, events);
        }
        for speaker in &mut self.speakers {
            if let Some(half) = speaker.said.halves.end() {
                events.push_back(Event::Chunk {
                    agent: speaker.agent.clone(),
                    content: half.to_string(),
                });
            }
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

    /// Tells the open call of a block, or all of the agent's.
    fn close(&mut self, agent: &str, block: Option<&str>, events: &mut VecDeque<Event>) {
        if self.open.is_empty() {
            return;
        }
        let is_meant =
            |open: &Open| open.agent == agent && block.is_none_or(|block| open.block == block);
        let (closed, open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(is_meant);
        self.open = open;
        let closed: Vec<Open> = closed;
        for call in closed {
            self.call_of(call, events);
        }
    }

    fn call_of(&mut self, open: Open, events: &mut VecDeque<Event>) {
        let Open {
            agent,
            id,
            name,
            input,
            ..
        } = open;
        let input = match input.as_str() {
            // A tool without parameters is called without any input.
            "" => json!({}),
            long if long.len() > LONGEST_INPUT => Value::Null,
            input => serde_json::from_str(input).unwrap_or_else(|_| input.into()),
        };
        self.call(agent, id, name, input, events);
    }

    fn call(
        &mut self,
        agent: String,
        id: String,
        name: String,
        input: Value,
        events: &mut VecDeque<Event>,
    ) {
        let has_id = !id.is_empty();
        let id = if has_id {
            id
        } else {
            let told = |call: &&mut Unanswered| call.name == name && call.is_told_once;
            if let Some(told) = self.unanswered.iter_mut().find(told) {
                told.is_told_once = false;
                return;
            }
            format!("{name}-{}", self.called.len() + 1)
        };
        if is_known(&mut self.called, &id) {
            return;
        }
        if self.unanswered.len() < MOST_KNOWN {
            self.unanswered.push(Unanswered {
                name: name.clone(),
                id: id.clone(),
                is_told_once: has_id,
            });
        }
        events.push_back(Event::ToolCall(ToolCall {
            agent,
            id,
            name,
            input,
        }));
    }

    fn result(
        &mut self,
        mut result: ToolResult,
        name: Option<String>,
        events: &mut VecDeque<Event>,
    ) {
        let is_of = |call: &Unanswered| match result.id.as_str() {
            "" => name.as_ref().is_none_or(|name| *name == call.name),
            id => call.id == id,
        };
        let call = self
            .unanswered
            .iter()
            .position(is_of)
            .map(|place| self.unanswered.remove(place));
        if result.id.is_empty() {
            result.id = call.map_or_else(
                || format!("{}-{}", name.unwrap_or_default(), self.answered.len() + 1),
                |call| call.id,
            );
        }
        if !is_known(&mut self.answered, &result.id) {
            events.push_back(Event::ToolResult(result));
        }
    }
}

/// Whether an id has come before; from now on it has.
fn is_known(ids: &mut HashSet<String>, id: &str) -> bool {
    if ids.contains(id) {
        return true;
    }
    if ids.len() < MOST_KNOWN {
        ids.insert(id.to_owned());
    }
    false
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
