//! Who is speaking: introduces each agent once, and reports what it is doing when that changes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::event::{Event, Member, State, ToolCall};
use crate::settings::agents::MemberSettings;

/// The role whose thinking is `judging` once the others have answered.
pub const JUDGE: &str = "judge";

/// The agents of one answer, in order of appearance.
#[derive(Debug)]
pub struct Council {
    settings: Arc<BTreeMap<String, MemberSettings>>,
    /// The agent that was asked: the judge, unless another one is called so.
    chair: String,
    members: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    agent: String,
    /// `None` until the agent has begun to work.
    state: Option<State>,
}

impl Council {
    /// A council around `chair`, the agent that is asked.
    pub fn new(settings: Arc<BTreeMap<String, MemberSettings>>, chair: String) -> Self {
        Self {
            settings,
            chair,
            members: Vec::new(),
        }
    }

    /// The name in events of the agent that is asked.
    pub fn chair(&self) -> &str {
        &self.chair
    }

    /// Appends `event` and what it implies: an introduction before an agent's first event, and each
    /// change of its status.
    pub fn hear(&mut self, event: Event, events: &mut VecDeque<Event>) {
        match &event {
            Event::Status { agent, state } => {
                let state = self.judged(agent, *state);
                return self.enter(agent, state, events);
            }
            Event::Chunk { agent, .. } => self.enter(agent, State::Answering, events),
            Event::Reasoning { agent, .. }
            | Event::CallBegins { agent, .. }
            | Event::ToolCall(ToolCall { agent, .. })
            | Event::ClientCall(ToolCall { agent, .. }) => {
                let state = self.judged(agent, State::Thinking);
                self.enter(agent, state, events);
            }
            // No client sees them as something that an agent does.
            Event::Usage { .. } | Event::InMessage { .. } => {}
            other => {
                if let Some(agent) = other.agent() {
                    self.introduce(agent, events);
                }
            }
        }
        events.push_back(event);
    }

    /// After the proper end of an answer every agent is done.
    pub fn end(&mut self, events: &mut VecDeque<Event>) {
        for known in &mut self.members {
            known.enter(State::Done, events);
        }
    }

    fn introduce(&mut self, agent: &str, events: &mut VecDeque<Event>) -> usize {
        let known = self.members.iter().position(|known| known.agent == agent);
        if let Some(known) = known {
            return known;
        }
        let settings = self.settings.get(agent);
        events.push_back(Event::Agent(Member {
            agent: agent.to_owned(),
            name: settings
                .and_then(|settings| settings.name.clone())
                .unwrap_or_else(|| agent.to_owned()),
            role: settings.and_then(|settings| settings.role.clone()),
        }));
        self.members.push(Known {
            agent: agent.to_owned(),
            state: None,
        });
        self.members.len() - 1
    }

    fn enter(&mut self, agent: &str, state: State, events: &mut VecDeque<Event>) {
        let known = self.introduce(agent, events);
        if let Some(known) = self.members.get_mut(known) {
            known.enter(state, events);
        }
    }

    /// A judge that thinks is judging as soon as all others are done.
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
            .filter(|known| known.agent != agent && known.state.is_some())
            .peekable();
        others.peek().is_some() && others.all(|known| known.state == Some(State::Done))
    }
}

impl Known {
    fn enter(&mut self, state: State, events: &mut VecDeque<Event>) {
        if self.state.replace(state) != Some(state) {
            events.push_back(Event::Status {
                agent: self.agent.clone(),
                state,
            });
        }
    }
}

#[cfg(test)]
mod tests;
