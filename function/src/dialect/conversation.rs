//! A client that sends the whole conversation each time: its last question, and what was said before.

use serde::Deserialize;

use crate::agent::{Role, Turn};
use crate::request::Refusal;
use crate::request::question::Draft;

/// What a message says: a text, or parts of which some may be texts.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "the content of a message is a text or a list of parts"
)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of a message, as far as it can be asked.
#[derive(Deserialize)]
pub(super) struct Part {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// The conversation as it is read, message by message.
#[derive(Default)]
pub(super) struct Conversation {
    turns: Vec<Turn>,
    /// What the last question holds besides text.
    foreign: Option<String>,
}

impl Content {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => join(parts.iter().filter_map(|part| part.text.as_deref())),
        }
    }

    /// The kind of a part that is no text.
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

/// Texts as paragraphs of one.
pub(super) fn join<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join("\n\n")
}

impl Conversation {
    /// What the user said; `foreign` names a part that no agent can be asked.
    pub(super) fn user(&mut self, text: String, foreign: Option<&str>) {
        self.foreign = foreign.map(ToOwned::to_owned);
        self.say(Role::User, text);
    }

    /// What was answered.
    pub(super) fn assistant(&mut self, text: String) {
        self.say(Role::Assistant, text);
    }

    /// An answer in several messages is one turn: agents expect turns to alternate.
    fn say(&mut self, role: Role, text: String) {
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

    /// Puts the last question and what was said before it into `draft`.
    pub(super) fn into_question(mut self, draft: &mut Draft) -> Result<(), Refusal> {
        if let Some(kind) = self.foreign {
            return Err(Refusal::new(
                400,
                "unsupported_content",
                format!("only text can be asked here; the question has a part `{kind}`"),
            ));
        }
        let question = self.turns.iter().rposition(|turn| turn.role == Role::User);
        let Some(question) = question else {
            // Refused as an empty question.
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

    fn asked(conversation: Conversation) -> (String, Vec<String>) {
        let mut draft = Draft::default();
        conversation.into_question(&mut draft).unwrap();
        let history = draft.history.into_iter();
        (draft.question, history.map(|turn| turn.text).collect())
    }

    #[test]
    fn the_last_question_is_asked_and_the_rest_is_history() {
        let mut conversation = Conversation::default();
        conversation.user("one".to_owned(), None);
        conversation.assistant("a".to_owned());
        conversation.assistant("b".to_owned());
        conversation.user("two".to_owned(), None);
        conversation.assistant("begun and stopped".to_owned());

        let (question, history) = asked(conversation);
        assert_eq!(question, "two");
        assert_eq!(history, ["one", "a\n\nb"]);
    }

    #[test]
    fn nothing_asked_is_an_empty_question() {
        assert_eq!(asked(Conversation::default()), (String::new(), vec![]));
    }

    #[test]
    fn what_no_agent_can_be_asked_is_refused_by_name() {
        let content: Content = serde_json::from_str(
            r#"[{"type":"text","text":"what is this?"},{"type":"image_url","image_url":{}}]"#,
        )
        .unwrap();
        let mut conversation = Conversation::default();
        conversation.user(content.text(), content.foreign());

        let refusal = conversation.into_question(&mut Draft::default());
        assert!(refusal.unwrap_err().message.contains("`image_url`"));
    }
}
