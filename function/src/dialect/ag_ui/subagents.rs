//! The council in AG-UI's terms: each time a collaborator goes to work, a subagent's run begins.

use crate::event::{Member, State};

/// The agents of one stream.
#[derive(Debug, Default)]
pub(super) struct Subagents {
    run_id: String,
    /// The agent that is asked, which is not a subagent.
    chair: String,
    members: Vec<Known>,
    runs: u64,
}

#[derive(Debug)]
struct Known {
    agent: String,
    name: String,
    /// The last run of this agent.
    run: Option<Run>,
    step: Option<String>,
}

#[derive(Debug)]
struct Run {
    id: String,
    active: bool,
}

/// The events of a change of state, in this order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) step_finished: Option<String>,
    pub(super) starts: bool,
    pub(super) step_started: Option<String>,
    pub(super) finishes: bool,
}

impl Subagents {
    pub(super) fn new(run_id: String, chair: String) -> Self {
        Self {
            run_id,
            chair,
            ..Self::default()
        }
    }

    pub(super) fn introduce(&mut self, member: &Member) {
        let at = self.at(&member.agent);
        self.members[at].name.clone_from(&member.name);
    }

    /// The agent's name for people.
    pub(super) fn name<'a>(&'a self, agent: &'a str) -> &'a str {
        let known = self.members.iter().find(|known| known.agent == agent);
        known.map_or(agent, |known| &known.name)
    }

    /// The run that the events of `agent` belong to; `None` for the agent that is asked.
    pub(super) fn run(&self, agent: &str) -> Option<&str> {
        let known = self.members.iter().find(|known| known.agent == agent)?;
        known.run.as_ref().map(|run| run.id.as_str())
    }

    /// Changes the state of `agent`.
    pub(super) fn enter(&mut self, agent: &str, state: State) -> Change {
        let at = self.at(agent);
        let is_subagent = agent != self.chair;
        let done = state == State::Done;
        let known = &mut self.members[at];
        let active = known.run.as_ref().is_some_and(|run| run.active);
        let change = Change {
            step_finished: known.step.take(),
            starts: is_subagent && !done && !active,
            step_started: (!done).then(|| format!("{agent}: {}", label(state))),
            finishes: done && active,
        };
        known.step.clone_from(&change.step_started);
        if change.starts {
            self.runs += 1;
            let id = format!("{}-subagent-{}", self.run_id, self.runs);
            known.run = Some(Run { id, active: true });
        } else if let (true, Some(run)) = (done, &mut known.run) {
            run.active = false;
        }
        change
    }

    /// The agents that are not done.
    pub(super) fn at_work(&self) -> Vec<String> {
        let at_work = |known: &&Known| {
            known.step.is_some() || known.run.as_ref().is_some_and(|run| run.active)
        };
        let members = self.members.iter().filter(at_work);
        members.map(|known| known.agent.clone()).collect()
    }

    fn at(&mut self, agent: &str) -> usize {
        let known = self.members.iter().position(|known| known.agent == agent);
        known.unwrap_or_else(|| {
            self.members.push(Known {
                agent: agent.to_owned(),
                name: agent.to_owned(),
                run: None,
                step: None,
            });
            self.members.len() - 1
        })
    }
}

fn label(state: State) -> &'static str {
    match state {
        State::Thinking => "thinking",
        State::Answering => "answering",
        State::Judging => "judging",
        State::Done => "done",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_a_collaborator_goes_to_work_a_run_begins() {
        let mut subagents = Subagents::new("r".to_owned(), "SOLOMON".to_owned());

        let begun = subagents.enter("CASPAR", State::Thinking);
        assert!(begun.starts && !begun.finishes);
        assert_eq!(subagents.run("CASPAR"), Some("r-subagent-1"));
        let answering = subagents.enter("CASPAR", State::Answering);
        assert_eq!(
            answering,
            Change {
                step_finished: Some("CASPAR: thinking".to_owned()),
                step_started: Some("CASPAR: answering".to_owned()),
                ..Change::default()
            }
        );
        let done = subagents.enter("CASPAR", State::Done);
        assert!(done.finishes && done.step_started.is_none());
        // Late events still belong to this run.
        assert_eq!(subagents.run("CASPAR"), Some("r-subagent-1"));
        assert!(!subagents.enter("CASPAR", State::Done).finishes);

        assert!(subagents.enter("CASPAR", State::Thinking).starts);
        assert_eq!(subagents.run("CASPAR"), Some("r-subagent-2"));
        assert_eq!(subagents.at_work(), ["CASPAR"]);
    }

    #[test]
    fn the_agent_that_is_asked_is_no_subagent() {
        let mut subagents = Subagents::new("r".to_owned(), "SOLOMON".to_owned());

        let begun = subagents.enter("SOLOMON", State::Judging);
        assert!(!begun.starts);
        assert_eq!(begun.step_started.as_deref(), Some("SOLOMON: judging"));
        assert_eq!(subagents.run("SOLOMON"), None);
        assert!(!subagents.enter("SOLOMON", State::Done).finishes);
    }
}
