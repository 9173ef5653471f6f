//! Clients that send the whole conversation each time: the last question, and the turns before it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::attachment::unsupported;
use super::options::MOST_PARTS;
use crate::agent::{File, MOST_FILES, Role, Turn};
use crate::client_json::{self, AtMost};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::parse_part;
use crate::request::question::nothing_asked;

/// What a message of the user's says.
#[derive(Default)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) files: Vec<File>,
    /// Why a part of it cannot be passed on.
    pub(super) refused: Option<Refusal>,
}

/// A part of a message, as far as every dialect has it.
#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
}

/// A part that is not text, as a dialect reads it.
#[derive(Clone, Copy)]
pub(super) struct Attachment<'a> {
    /// Where the message stands in the body.
    pub(super) place: &'a str,
    pub(super) kind: &'a str,
    pub(super) json: &'a str,
}

/// Makes a file of a part that is not text.
pub(super) type ReadFile = fn(Attachment<'_>) -> Result<File, Refusal>;

/// The conversation so far, read message by message.
#[derive(Default)]
pub(super) struct Conversation {
    turns: Vec<Turn>,
    /// How many files all turns have.
    files: usize,
    /// Why the last question cannot be passed on. An earlier one was refused when it was the last.
    refused: Option<Refusal>,
    /// What the last message was.
    last: Last,
}

/// Whether the last message of a conversation asks something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    /// A question with text or files.
    Question,
    /// A question without.
    Empty,
    /// An answer, or the result of a tool: nothing new is asked.
    Other,
}

impl Content {
    /// Reads the content of the user's message that `place` names.
    pub(super) fn read(place: &str, json: &str, read_file: ReadFile) -> Result<Self, Refusal> {
        let mut content = Self::default();
        let mut texts = Vec::new();
        for (part, json) in parts(place, json)? {
            let kind = part.kind.as_str();
            match part.text {
                Some(text) => texts.push(text),
                None => content.attach(read_file(Attachment { place, kind, json })),
            }
        }
        content.text = join(texts.iter().map(String::as_str));
        Ok(content)
    }

    /// Adds a file; the first one that cannot be read stands for all.
    pub(super) fn attach(&mut self, read: Result<File, Refusal>) {
        match read {
            Ok(file) => self.files.push(file),
            Err(refusal) => {
                self.refused.get_or_insert(refusal);
            }
        }
    }
}

impl Attachment<'_> {
    /// Reads the part as `T`.
    pub(super) fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Refusal> {
        parse_part(self.place, self.json)
    }

    /// The refusal of a kind that nobody here knows.
    pub(super) fn unknown(&self) -> Refusal {
        let kind = client_json::sentence(&self.kind);
        let why = format!("a part `{kind}` cannot be passed on; texts, images and files can");
        unsupported(self.place, &why)
    }
}

/// The text of a message that has nothing else for an agent.
pub(super) fn text(place: &str, json: &str) -> Result<String, Refusal> {
    let parts = parts(place, json)?;
    Ok(join(
        parts.iter().filter_map(|(part, _)| part.text.as_deref()),
    ))
}

/// The parts of a message, which may be a text instead, and the JSON of each.
fn parts<'a>(place: &str, json: &'a str) -> Result<Vec<(Part, &'a str)>, Refusal> {
    if client_json::is_text(json) {
        let text = serde_json::from_str(json).map_err(|error| malformed(place, &error))?;
        let part = Part {
            kind: "text".to_owned(),
            text: Some(text),
        };
        return Ok(vec![(part, json)]);
    }
    if !json.trim_ascii_start().starts_with('[') {
        let expected = "the content of a message is a text or a list of parts";
        return Err(malformed(place, &expected));
    }
    let parts = serde_json::from_str::<AtMost<&RawValue, MOST_PARTS>>(json)
        .map_err(|error| malformed(place, &error))?;
    let parts = parts.0.into_iter().map(|part| {
        let part = part.get();
        // Its place in the part says nothing to a client.
        let read = client_json::part(part).map_err(|error| malformed(place, &error));
        Ok((read?, part))
    });
    parts.collect()
}

fn malformed(place: &str, mistake: &dyn std::fmt::Display) -> Refusal {
    let sentence = client_json::sentence(mistake);
    let message = format!("the body is not as expected: {place}: {sentence}");
    Refusal::new(400, "invalid_request", message)
}

/// Joins texts as paragraphs.
pub(super) fn join<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join("\n\n")
}

impl Conversation {
    /// Adds a message of the user's.
    pub(super) fn user(&mut self, content: Content) -> Result<(), Refusal> {
        let Content {
            text,
            files,
            refused,
        } = content;
        self.files += files.len();
        if self.files > MOST_FILES {
            return Err(too_many_files());
        }
        self.refused = refused;
        self.last = if text.is_empty() && files.is_empty() {
            Last::Empty
        } else {
            Last::Question
        };
        self.add(Role::User, text, files);
        Ok(())
    }

    /// Adds an answer.
    pub(super) fn assistant(&mut self, text: String) {
        self.last = Last::Other;
        self.add(Role::Assistant, text, Vec::new());
    }

    /// Adds the result of a tool of the client's, which no agent here has asked for.
    pub(super) fn tool(&mut self) {
        self.last = Last::Other;
    }

    /// Whether the last message is no question.
    pub(super) fn ends_in_answer(&self) -> bool {
        self.last == Last::Other
    }

    /// An answer in several messages becomes one turn: agents expect turns to alternate.
    fn add(&mut self, role: Role, text: String, files: Vec<File>) {
        if text.is_empty() && files.is_empty() {
            return;
        }
        match self.turns.last_mut() {
            Some(last) if last.role == role && role == Role::Assistant => {
                last.text.push_str("\n\n");
                last.text.push_str(&text);
            }
            _ => self.turns.push(Turn { role, text, files }),
        }
    }

    /// Moves all turns into `draft`: none of them is asked.
    pub(super) fn into_history(self, draft: &mut Draft) {
        draft.history = self.turns;
    }

    /// Moves the last question and the turns before it into `draft`; all turns, if it answers an agent.
    pub(super) fn into_draft(mut self, draft: &mut Draft) -> Result<(), Refusal> {
        if draft.answers.is_some() {
            draft.history = self.turns;
            return Ok(());
        }
        if let Some(refusal) = self.refused {
            return Err(refusal);
        }
        if self.last == Last::Other {
            // A run costs money: the question that was answered is not asked a second time.
            return Err(nothing_asked());
        }
        if self.last == Last::Empty {
            // The empty question will be refused; an earlier one is not asked again.
            return Ok(());
        }
        let question = self.turns.iter().rposition(|turn| turn.role == Role::User);
        let Some(question) = question else {
            // The empty question will be refused.
            return Ok(());
        };
        self.turns.truncate(question + 1);
        if let Some(turn) = self.turns.pop() {
            draft.question = turn.text;
            draft.files = turn.files;
        }
        draft.history = self.turns;
        Ok(())
    }
}

/// The refusal of a request with more files than any agent looks at.
pub(super) fn too_many_files() -> Refusal {
    let message = format!("more than {MOST_FILES} files; the earlier turns' count, too");
    Refusal::new(400, "invalid_request", message)
}

#[cfg(test)]
mod tests;
