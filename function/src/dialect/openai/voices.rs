//! Several agents in one answer: what the asked one says is the answer, the rest is an aside.
//!
//! Programs store and parse `content`, so only the answer may be in it. What collaborators say goes
//! to `reasoning_content`, which chat programs fold away and others pass over.

use crate::council::JUDGE;
use crate::event::{Event, Member, State};

/// Sorts what is said in one stream.
#[derive(Debug, Default)]
pub(super) struct Voices {
    /// The agent that is asked.
    asked: String,
    /// Others whose words are the answer, too: the judges.
    judges: Vec<String>,
    /// How people call the agents.
    names: Vec<(String, String)>,
    /// Whose aside is under way, and whether that is reasoning.
    aside: Option<(String, bool)>,
    answered: bool,
    /// What collaborators have said last, each, as long as there is no answer.
    last_words: Vec<(String, String)>,
}

/// A piece of text and where it belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    Answer(&'a str),
    /// With the speaker's name before its first piece.
    Aside {
        heading: Option<String>,
        text: &'a str,
    },
}

impl Voices {
    /// A stream in which `asked` is asked.
    pub(super) fn asking(asked: &str) -> Self {
        Self {
            asked: asked.to_owned(),
            ..Self::default()
        }
    }

    /// Where a piece of text belongs; `None` for anything else.
    pub(super) fn hear<'a>(&mut self, event: &'a Event) -> Option<Said<'a>> {
        match event {
            Event::Agent(member) => self.introduce(member),
            // A new turn of an agent takes the place of its last one.
            Event::Status {
                agent,
                state: State::Answering,
            } => self.last_words.retain(|(other, _)| other != agent),
            Event::Chunk { agent, content } if self.is_main(agent) => {
                self.answered = true;
                self.last_words = Vec::new();
                return Some(Said::Answer(content));
            }
            Event::Chunk { agent, content } => {
                self.remember(agent, content);
                return Some(self.aside(agent, false, content));
            }
            Event::Reasoning { agent, content } => return Some(self.aside(agent, true, content)),
            _ => {}
        }
        None
    }

    /// The answer where the asked agent has said nothing itself, but let others speak: the words of
    /// whoever spoke last.
    pub(super) fn verdict(&mut self) -> Option<String> {
        let (_, text) = self.last_words.pop()?;
        (!self.answered).then_some(text)
    }

    fn introduce(&mut self, member: &Member) {
        let Member { agent, name, role } = member;
        if role.as_deref() == Some(JUDGE) {
            self.judges.push(agent.clone());
        }
        self.names.push((agent.clone(), name.clone()));
    }

    fn is_main(&self, agent: &str) -> bool {
        agent == self.asked || self.judges.iter().any(|judge| judge == agent)
    }

    fn remember(&mut self, agent: &str, content: &str) {
        if self.answered {
            return;
        }
        // The last in the list is who has spoken last.
        let known = self.last_words.iter().position(|(other, _)| other == agent);
        let mut words = known.map_or_else(
            || (agent.to_owned(), String::new()),
            |at| self.last_words.remove(at),
        );
        words.1.push_str(content);
        self.last_words.push(words);
    }

    fn aside<'a>(&mut self, agent: &str, reasons: bool, text: &'a str) -> Said<'a> {
        let goes_on = |(last, reasoned): &(String, bool)| last == agent && *reasoned == reasons;
        if self.aside.as_ref().is_some_and(goes_on) {
            let heading = None;
            return Said::Aside { heading, text };
        }
        let name = self.names.iter().find(|(known, _)| known == agent);
        let name = name.map_or(agent, |(_, name)| name);
        let gap = if self.aside.is_some() { "\n\n" } else { "" };
        let heading = Some(format!("{gap}[{name}] "));
        self.aside = Some((agent.to_owned(), reasons));
        Said::Aside { heading, text }
    }
}
