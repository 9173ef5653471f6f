//! Several agents in one answer: the words of the agent that is asked are the answer, the rest is an
//! aside.
//!
//! Programs store and parse `content`, so only the answer may be in it. What collaborators say goes
//! to `reasoning_content`, which chat programs fold away and others ignore.

use std::collections::HashMap;

use crate::council::JUDGE;
use crate::dialect::spans::Form;
use crate::event::{Event, Member, State};

/// Sorts the texts of one stream.
#[derive(Debug, Default)]
pub(super) struct Voices {
    /// The agent that is asked.
    chair: String,
    /// Others whose words are the answer, too.
    judges: Vec<String>,
    /// The agents' names for people.
    names: HashMap<String, String>,
    /// Whose aside is under way, and of which form.
    aside: Option<(String, Form)>,
    has_answer: bool,
    /// The last words of each collaborator as long as there is no answer; the last to speak last.
    last_words: Vec<Words>,
}

#[derive(Debug)]
struct Words {
    agent: String,
    text: String,
}

/// Where a piece of text belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Answer(&'a str),
    Aside {
        /// The speaker's name, before the first piece of an aside.
        heading: Option<String>,
        text: &'a str,
    },
}

impl Voices {
    /// For a stream in which `chair` is asked.
    pub(super) fn new(chair: &str) -> Self {
        Self {
            chair: chair.to_owned(),
            ..Self::default()
        }
    }

    /// The place of a piece of text; `None` for any other event.
    pub(super) fn hear<'a>(&mut self, event: &'a Event) -> Option<Place<'a>> {
        match event {
            Event::Agent(member) => self.introduce(member),
            // A new turn of a collaborator takes the place of its last one.
            Event::Status {
                agent,
                state: State::Answering,
            } => self.last_words.retain(|words| words.agent != *agent),
            Event::Chunk { agent, content } if self.gives_the_answer(agent) => {
                self.has_answer = true;
                self.last_words = Vec::new();
                return Some(Place::Answer(content));
            }
            Event::Chunk { agent, content } => {
                self.remember(agent, content);
                return Some(self.aside(agent, Form::Answer, content));
            }
            Event::Reasoning { agent, content } => {
                return Some(self.aside(agent, Form::Reasoning, content));
            }
            _ => {}
        }
        None
    }

    /// The answer of a chair that let only others speak: the words of the last to speak.
    pub(super) fn verdict(&mut self) -> Option<String> {
        let words = self.last_words.pop()?;
        (!self.has_answer).then_some(words.text)
    }

    fn introduce(&mut self, member: &Member) {
        let Member { agent, name, role } = member;
        if role.as_deref() == Some(JUDGE) {
            self.judges.push(agent.clone());
        }
        self.names.insert(agent.clone(), name.clone());
    }

    fn gives_the_answer(&self, agent: &str) -> bool {
        agent == self.chair || self.judges.iter().any(|judge| judge == agent)
    }

    fn remember(&mut self, agent: &str, content: &str) {
        if self.has_answer {
            return;
        }
        let known = self.last_words.iter().position(|it| it.agent == agent);
        let mut words = match known {
            Some(at) => self.last_words.remove(at),
            None => Words {
                agent: agent.to_owned(),
                text: String::new(),
            },
        };
        words.text.push_str(content);
        self.last_words.push(words);
    }

    fn aside<'a>(&mut self, agent: &str, form: Form, text: &'a str) -> Place<'a> {
        let goes_on = |(last, same): &(String, Form)| last == agent && *same == form;
        if self.aside.as_ref().is_some_and(goes_on) {
            let heading = None;
            return Place::Aside { heading, text };
        }
        let name = self.names.get(agent).map_or(agent, String::as_str);
        let gap = if self.aside.is_some() { "\n\n" } else { "" };
        let heading = Some(format!("{gap}[{name}] "));
        self.aside = Some((agent.to_owned(), form));
        Place::Aside { heading, text }
    }
}
