//! Clients that send the whole conversation each time: the last question, and the turns before it.

use serde::Deserialize;

use super::options::MOST_PARTS;
use crate::agent::{Role, Turn};
use crate::client_json::{self, AtMost};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::question::nothing_asked;

/// The content of a message: a text, or parts, some of which may be texts.
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of a message, as far as it is read.
#[derive(Deserialize)]
pub(super) struct Part {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// The conversation so far, read message by message.
#[derive(Default)]
pub(super) struct Conversation {
    turns: Vec<Turn>,
    /// The kind of a part of the last question that is not text.
    foreign: Option<String>,
    /// What the last message was.
    last: Last,
}

/// Whether the last message of a conversation asks something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    /// A question with text.
    Question,
    /// A question without.
    Empty,
    /// An answer, or the result of a tool: nothing new is asked.
    Other,
}

impl Content {
    /// Reads the content of the message that `place` names.
    pub(super) fn read(place: &str, json: &str) -> Result<Self, Refusal> {
        if client_json::is_text(json) {
            return serde_json::from_str(json)
                .map(Self::Text)
                .map_err(|error| malformed(place, &error));
        }
        if !json.trim_ascii_start().starts_with('[') {
            let expected = "the content of a message is a text or a list of parts";
            return Err(malformed(place, &expected));
        }
        serde_json::from_str::<AtMost<Part, MOST_PARTS>>(json)
            .map(|parts| Self::Parts(parts.0))
            .map_err(|error| malformed(place, &error))
    }

    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => join(parts.iter().filter_map(|part| part.text.as_deref())),
        }
    }

    /// The kind of the first part that is not text.
    pub(super) fn foreign(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Parts(parts) => parts
                .iter()
                .find(|part| part.text.is_none())
                .map(|part| part.kind.as_str()),
        }
    }
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
    /// Adds a message of the user; `foreign` is the kind of a part that is not text.
    pub(super) fn user(&mut self, text: String, foreign: Option<&str>) {
        self.foreign = foreign.map(ToOwned::to_owned);
        self.last = if text.is_empty() {
            Last::Empty
        } else {
            Last::Question
        };
        self.add(Role::User, text);
    }

    /// Adds a message of the user with its parts.
    pub(super) fn user_content(&mut self, content: Content) {
        let foreign = content.foreign().map(ToOwned::to_owned);
        self.user(content.into_text(), foreign.as_deref());
    }

    /// Adds an answer.
    pub(super) fn assistant(&mut self, text: String) {
        self.last = Last::Other;
        self.add(Role::Assistant, text);
    }

    /// Adds the result of a tool of the client's, which no agent here has asked for.
    pub(super) fn tool(&mut self) {
        self.last = Last::Other;
    }

    /// An answer in several messages becomes one turn: agents expect turns to alternate.
    fn add(&mut self, role: Role, text: String) {
        if text.is_empty() {
            return;
        }
        match self.turns.last_mut() {
            Some(last) if last.role == role && role == Role::Assistant => {
                last.text.push_str("\n\n");
                last.text.push_str(&text);
            }
            _ => self.turns.push(Turn { role, text }),
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
        if let Some(kind) = self.foreign {
            return Err(Refusal::new(
                400,
                "unsupported_content",
                format!("only text can be asked here; the question has a part `{kind}`"),
            ));
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
        }
        draft.history = self.turns;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafted(conversation: Conversation) -> (String, Vec<String>) {
        let mut draft = Draft::default();
        conversation.into_draft(&mut draft).unwrap();
        let history = draft.history.into_iter();
        (draft.question, history.map(|turn| turn.text).collect())
    }

    #[test]
    fn the_last_question_is_the_question_and_the_rest_is_history() {
        let mut conversation = Conversation::default();
        conversation.user("one".to_owned(), None);
        conversation.assistant("a".to_owned());
        conversation.assistant("b".to_owned());
        conversation.user("two".to_owned(), None);

        let (question, history) = drafted(conversation);
        assert_eq!(question, "two");
        assert_eq!(history, ["one", "a\n\nb"]);
    }

    #[test]
    fn an_answered_question_is_not_asked_again() {
        let asked = |end: fn(&mut Conversation)| {
            let mut conversation = Conversation::default();
            conversation.user("one".to_owned(), None);
            end(&mut conversation);
            let mut draft = Draft::default();
            let refused = conversation.into_draft(&mut draft).err();
            (draft.question, refused.map(|refusal| refusal.code))
        };
        let refused = (String::new(), Some("nothing_asked"));
        assert_eq!(asked(|it| it.assistant("begun".to_owned())), refused);
        assert_eq!(asked(|it| it.assistant(String::new())), refused);
        assert_eq!(asked(Conversation::tool), refused);
        assert_eq!(
            asked(|it| it.user(String::new(), None)),
            (String::new(), None)
        );
    }

    #[test]
    fn a_conversation_without_a_question_is_an_empty_question() {
        assert_eq!(drafted(Conversation::default()), (String::new(), vec![]));
    }

    #[test]
    fn a_part_that_is_not_text_is_refused_by_name() {
        let content = Content::read(
            "messages[0]",
            r#"[{"type":"text","text":"what is this?"},{"type":"image_url","image_url":{}}]"#,
        )
        .unwrap();
        let mut conversation = Conversation::default();
        conversation.user_content(content);

        let refusal = conversation.into_draft(&mut Draft::default());
        assert!(refusal.unwrap_err().message.contains("`image_url`"));
    }
}
