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
mod tests {
    use super::*;
    use crate::dialect::attachment::{Label, of_base64};

    fn said(text: &str) -> Content {
        Content {
            text: text.to_owned(),
            ..Content::default()
        }
    }

    fn asked(texts: &[&str]) -> Conversation {
        let mut conversation = Conversation::default();
        for text in texts {
            conversation.user(said(text)).unwrap();
        }
        conversation
    }

    fn drafted(conversation: Conversation) -> (String, Vec<String>) {
        let mut draft = Draft::default();
        conversation.into_draft(&mut draft).unwrap();
        let history = draft.history.into_iter();
        (draft.question, history.map(|turn| turn.text).collect())
    }

    /// A dialect whose files are `{"type": "file", "data": …}`.
    fn read_file(part: Attachment<'_>) -> Result<File, Refusal> {
        #[derive(Deserialize)]
        struct Body {
            data: String,
        }
        match part.kind {
            "file" => of_base64(part.place, Label::default(), &part.parse::<Body>()?.data),
            _ => Err(part.unknown()),
        }
    }

    fn content(json: &str) -> Content {
        Content::read("messages[0]", json, read_file).unwrap()
    }

    #[test]
    fn the_last_question_is_the_question_and_the_rest_is_history() {
        let mut conversation = asked(&["one"]);
        conversation.assistant("a".to_owned());
        conversation.assistant("b".to_owned());
        conversation.user(said("two")).unwrap();

        let (question, history) = drafted(conversation);
        assert_eq!(question, "two");
        assert_eq!(history, ["one", "a\n\nb"]);
    }

    #[test]
    fn an_answered_question_is_not_asked_again() {
        let asked = |end: fn(&mut Conversation)| {
            let mut conversation = asked(&["one"]);
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
            asked(|it| it.user(Content::default()).unwrap()),
            (String::new(), None)
        );
    }

    #[test]
    fn a_conversation_without_a_question_is_an_empty_question() {
        assert_eq!(drafted(Conversation::default()), (String::new(), vec![]));
    }

    #[test]
    fn files_go_with_their_turn_and_need_no_text() {
        let mut conversation = Conversation::default();
        let first = r#"[{"type":"text","text":"one"},{"type":"file","data":"AQ=="}]"#;
        let last = r#"[{"type":"file","data":"Ag=="},{"type":"file","data":"Aw=="}]"#;
        conversation.user(content(first)).unwrap();
        conversation.assistant("a".to_owned());
        conversation.user(content(last)).unwrap();

        let mut draft = Draft::default();
        conversation.into_draft(&mut draft).unwrap();
        let bytes = |files: &[File]| files.iter().map(|file| file.bytes[0]).collect::<Vec<_>>();
        assert_eq!(
            (draft.question.as_str(), bytes(&draft.files)),
            ("", vec![2, 3])
        );
        assert_eq!(bytes(&draft.history[0].files), [1]);
    }

    #[test]
    fn a_part_that_nobody_knows_is_refused_by_name_where_it_is_asked() {
        let unknown = r#"[{"type":"text","text":"what is this?"},{"type":"hologram"}]"#;
        let mut conversation = Conversation::default();
        conversation.user(content(unknown)).unwrap();
        let refusal = conversation.into_draft(&mut Draft::default()).unwrap_err();
        assert!(
            refusal.message.contains("`hologram`"),
            "{}",
            refusal.message
        );

        // Whoever was refused can go on.
        let mut conversation = Conversation::default();
        conversation.user(content(unknown)).unwrap();
        conversation.user(said("and this?")).unwrap();
        assert_eq!(drafted(conversation).0, "and this?");
    }

    #[test]
    fn too_many_files_are_refused() {
        let mut conversation = Conversation::default();
        let one = r#"[{"type":"file","data":"AQ=="}]"#;
        for _ in 0..MOST_FILES {
            conversation.user(content(one)).unwrap();
        }
        assert!(conversation.user(content(one)).is_err());
    }
}
