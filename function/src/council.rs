//! Who is speaking: introduces each agent once and tells what it is doing, each time that changes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::event::{Event, Member, State};
use crate::settings::agents::MemberSettings;

/// The role whose thinking is `judging` once the others have answered.
pub const JUDGE: &str = "judge";

/// The agents of one answer, in order of appearance.
#[derive(Debug)]
pub struct Council {
    settings: Arc<BTreeMap<String, MemberSettings>>,
    /// The agent that was asked: the judge, unless another one is called so.
    chair: String,
    members: Vec<(String, Option<State>)>,
}

impl Council {
    /// A council around `chair`, the name of the agent that is asked.
    pub fn new(settings: Arc<BTreeMap<String, MemberSettings>>, chair: String) -> Self {
        Self {
            settings,
            chair,
            members: Vec::new(),
        }
    }

    /// How events call the agent that is asked.
    pub fn chair(&self) -> &str {
        &self.chair
    }

    /// Appends `event` and what it implies: an introduction before an agent's first event, a status
    /// when it does something else.
    pub fn hear(&mut self, event: Event, told: &mut VecDeque<Event>) {
        match event {
            Event::Status { agent, state } => {
                let state = self.judged(&agent, state);
                self.enter(&agent, state, told);
            }
            Event::Chunk { ref agent, .. } => {
                self.enter(agent, State::Answering, told);
                told.push_back(event);
            }
            Event::Reasoning { ref agent, .. } | Event::ToolCall { ref agent, .. } => {
                let state = self.judged(agent, State::Thinking);
                self.enter(agent, state, told);
                told.push_back(event);
            }
            Event::ToolResult { ref agent, .. }
            | Event::Citation { ref agent, .. }
            | Event::File { ref agent, .. }
            | Event::ReturnControl { ref agent, .. }
            | Event::Trace { ref agent, .. }
            | Event::Data { ref agent, .. } => {
                self.introduce(agent, told);
                told.push_back(event);
            }
            Event::Agent(_) | Event::Usage { .. } | Event::Retried | Event::Unknown => {
                told.push_back(event);
            }
        }
    }

    /// Appends what is left to tell when the answer has ended properly: nobody is at work any more.
    pub fn end(&mut self, told: &mut VecDeque<Event>) {
        for (agent, state) in &mut self.members {
            if state.replace(State::Done) != Some(State::Done) {
                told.push_back(Event::Status {
                    agent: agent.clone(),
                    state: State::Done,
                });
            }
        }
    }

    fn introduce(&mut self, agent: &str, told: &mut VecDeque<Event>) -> usize {
        if let Some(known) = self.members.iter().position(|(name, _)| name == agent) {
            return known;
        }
        let settings = self.settings.get(agent);
        told.push_back(Event::Agent(Member {
            agent: agent.to_owned(),
            name: settings
                .and_then(|settings| settings.name.clone())
                .unwrap_or_else(|| agent.to_owned()),
            role: settings.and_then(|settings| settings.role.clone()),
        }));
        self.members.push((agent.to_owned(), None));
        self.members.len() - 1
    }

    fn enter(&mut self, agent: &str, state: State, told: &mut VecDeque<Event>) {
        let known = self.introduce(agent, told);
        let Some((_, current)) = self.members.get_mut(known) else {
            return;
        };
        if current.replace(state) != Some(state) {
            told.push_back(Event::Status {
                agent: agent.to_owned(),
                state,
            });
        }
    }

    /// The judge does not just think once the others have said what they think.
    fn judged(&self, agent: &str, state: State) -> State {
        if state == State::Thinking && self.is_judge(agent) && self.others_are_done(agent) {
            State::Judging
        } else {
            state
        }
    }

    fn is_judge(&self, agent: &str) -> bool {
        let role = |settings: &MemberSettings| settings.role.as_deref() == Some(JUDGE);
        if self.settings.values().any(role) {
            self.settings.get(agent).is_some_and(role)
        } else {
            agent == self.chair
        }
    }

    fn others_are_done(&self, agent: &str) -> bool {
        let mut others = self
            .members
            .iter()
            .filter(|(name, state)| name != agent && state.is_some())
            .peekable();
        others.peek().is_some() && others.all(|(_, state)| *state == Some(State::Done))
    }
}

#[cfg(test)]
mod tests;
