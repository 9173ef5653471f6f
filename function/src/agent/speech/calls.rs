//! The calls of an agent's tools, and their results: each once, and the input as it comes.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

use super::halves::Halves;
use super::interrupts::{self, CONFIRMATION};
use crate::event::{Event, Inquiry, ToolCall, ToolResult};

/// The most input of one call that is kept, in bytes; a longer one is told in pieces only.
const LONGEST_INPUT: usize = 1024 * 1024;
/// How many calls, results and messages are known by their ids.
const MOST_KNOWN: usize = 10_000;
/// Of how many calls without a result the input is known: more than an agent asks about at once.
const MOST_INPUTS: usize = 16;

/// What later messages need to know of earlier calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The names of the tools that the client offers.
    client_tools: Vec<String>,
    /// Calls whose input is not whole yet.
    open: Vec<Open>,
    /// Calls and results that have been told, by their ids.
    called: HashSet<String>,
    answered: HashSet<String>,
    /// Calls that have no result yet, oldest first.
    unanswered: Vec<Unanswered>,
}

#[derive(Debug)]
struct Open {
    agent: String,
    block: String,
    id: String,
    name: String,
    input: String,
    halves: Halves,
    /// Its beginning has been told, so its pieces are.
    is_told: bool,
}

#[derive(Debug)]
struct Unanswered {
    name: String,
    id: String,
    /// `null` of all but the last ones.
    input: Value,
    /// No message without an id has told the call a second time.
    is_told_once: bool,
}

impl Calls {
    pub(super) fn with_client_tools(self, client_tools: Vec<String>) -> Self {
        Self {
            client_tools,
            ..self
        }
    }

    /// A call with all of its input.
    pub(super) fn whole(
        &mut self,
        agent: String,
        id: String,
        name: String,
        input: Value,
        events: &mut VecDeque<Event>,
    ) {
        self.open
            .retain(|open| open.id != id || open.agent != agent);
        self.call(agent, id, name, input, events);
    }

    /// A call whose input follows.
    pub(super) fn begin(
        &mut self,
        agent: String,
        block: String,
        id: String,
        name: String,
        events: &mut VecDeque<Event>,
    ) {
        self.close(&agent, Some(&block), events);
        // A call without an id of its own gets one when it is whole, and is told then.
        let is_told = !id.is_empty()
            && !self.called.contains(&id)
            && !self.open.iter().any(|open| open.id == id);
        if is_told {
            events.push_back(Event::CallBegins {
                agent: agent.clone(),
                id: id.clone(),
                name: name.clone(),
            });
        }
        self.open.push(Open {
            agent,
            block,
            id,
            name,
            input: String::new(),
            halves: Halves::default(),
            is_told,
        });
    }

    /// A piece of an open call's input.
    pub(super) fn input(
        &mut self,
        agent: &str,
        block: &str,
        piece: &str,
        has_halves: bool,
        events: &mut VecDeque<Event>,
    ) {
        let of_block = |open: &&mut Open| open.agent == agent && open.block == block;
        let Some(open) = self.open.iter_mut().find(of_block) else {
            return events.push_back(Event::Unread("the input of an unknown call"));
        };
        let joined =
            (has_halves || !open.halves.is_idle()).then(|| open.halves.join(piece, has_halves));
        let piece = joined.as_deref().unwrap_or(piece);
        if open.input.len() <= LONGEST_INPUT {
            open.input.push_str(piece);
        }
        if open.is_told && !piece.is_empty() && !self.called.contains(&open.id) {
            events.push_back(Event::CallInput {
                agent: open.agent.clone(),
                id: open.id.clone(),
                piece: piece.to_owned(),
            });
        }
    }

    /// Tells the open call of a block, or all of the agent's.
    pub(super) fn close(&mut self, agent: &str, block: Option<&str>, events: &mut VecDeque<Event>) {
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

    /// The end of an answer: what is open is told.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        for open in std::mem::take(&mut self.open) {
            self.call_of(open, events);
        }
    }

    fn call_of(&mut self, open: Open, events: &mut VecDeque<Event>) {
        let Open {
            agent,
            id,
            name,
            mut input,
            mut halves,
            ..
        } = open;
        input.extend(halves.end());
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
                input: input.clone(),
                is_told_once: has_id,
            });
            let older = self.unanswered.iter_mut().rev().nth(MOST_INPUTS);
            if let Some(older) = older {
                older.input = Value::Null;
            }
        }
        let is_clients = self.client_tools.contains(&name);
        let call = ToolCall {
            agent,
            id,
            name,
            input,
        };
        events.push_back(if is_clients {
            Event::ClientCall(call)
        } else {
            Event::ToolCall(call)
        });
    }

    /// Adds what is asked about to an inquiry that has nothing but the id of its call.
    pub(super) fn describe(&self, inquiry: &mut Inquiry) {
        if !inquiry.name.is_empty() {
            return;
        }
        let id = inquiry.tool_call_id.as_deref();
        let call = self.unanswered.iter().find(|call| Some(&*call.id) == id);
        "tool".clone_into(&mut inquiry.name);
        if let Some(call) = call {
            inquiry.name.clone_from(&call.name);
            inquiry.input.clone_from(&call.input);
        }
    }

    /// The confirmations that calls without a result ask for.
    pub(super) fn confirmations(&self) -> Vec<Inquiry> {
        let mut inquiries = Vec::new();
        let is_clients = self.client_tools.iter().any(|name| name == CONFIRMATION);
        for call in &self.unanswered {
            if call.name == CONFIRMATION && !is_clients {
                inquiries.extend(interrupts::confirmation(&call.id, &call.input));
            }
        }
        inquiries
    }

    pub(super) fn result(
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
pub(super) fn is_known(ids: &mut HashSet<String>, id: &str) -> bool {
    if ids.contains(id) {
        return true;
    }
    if ids.len() < MOST_KNOWN {
        ids.insert(id.to_owned());
    }
    false
}
