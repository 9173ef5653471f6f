//! A deployment's own template of what its runtime is asked with, filled. Pure; what is put in is never read
//! for placeholders.

use std::collections::BTreeMap;
use std::{fmt, iter};

use serde::{Serialize, Serializer};

use super::conversation::{history, messages};
use super::written::written;
use crate::agent::ask::Ask;
use crate::agent::file::Attached;
use crate::agent::resume::Answers;
use crate::session;
use crate::settings::agents::request::{Node, Piece, Placeholder, RequestTemplate};

/// The template with a question, or with the answers to what the agent has asked back: they take the question's place,
/// as Strands reads them, and `resume` has them as `LangGraph` does.
pub(super) fn payload(template: &RequestTemplate, ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let answers = Answers::of(&ask.responses)?;
    let filled = Filled {
        node: template.root(),
        ask,
        answers: &answers,
    };
    match template.root() {
        Node::Object(members) if !answers.is_empty() => written(ask, &filled.resumed(members)),
        _ => written(ask, &filled),
    }
}

/// A part of a template with the values of a question.
#[derive(Clone, Copy)]
struct Filled<'a> {
    node: &'a Node,
    ask: &'a Ask,
    answers: &'a Answers<'a>,
}

impl<'a> Filled<'a> {
    /// The members of the whole template, and `resume` unless it has one itself.
    fn resumed(self, members: &'a [(String, Node)]) -> BTreeMap<&'a str, Member<'a>> {
        let filled = members.iter().map(|(key, node)| {
            let filled = Member::Filled(Filled { node, ..self });
            (key.as_str(), filled)
        });
        iter::once(("resume", Member::Answers(self.answers)))
            .chain(filled)
            .collect()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Filled(Filled<'a>),
    Answers(&'a Answers<'a>),
}

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ask = self.ask;
        let filled = |node| Filled { node, ..*self };
        match self.node {
            Node::Fixed(value) => value.serialize(serializer),
            Node::Value(Placeholder::History) => serializer.collect_seq(history(ask)),
            Node::Value(Placeholder::Messages) => serializer.collect_seq(messages(ask)),
            Node::Value(Placeholder::Files) => {
                serializer.collect_seq(ask.files.iter().map(Attached::from))
            }
            Node::Value(Placeholder::Question) if !self.answers.is_empty() => {
                serializer.collect_seq(self.answers.blocks())
            }
            Node::Value(placeholder) => serializer.collect_str(&Text(*placeholder, ask)),
            Node::Text(pieces) => serializer.collect_str(&Joined { pieces, ask }),
            Node::List(nodes) => serializer.collect_seq(nodes.iter().map(filled)),
            Node::Object(members) => {
                let members = members.iter().map(|(key, node)| (key, filled(node)));
                serializer.collect_map(members)
            }
        }
    }
}

/// A string with placeholders inside.
struct Joined<'a> {
    pieces: &'a [Piece],
    ask: &'a Ask,
}

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(text),
            Piece::Of(placeholder) => Text(*placeholder, self.ask).fmt(f),
        })
    }
}

/// The text of a placeholder.
struct Text<'a>(Placeholder, &'a Ask);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(placeholder, ask) = self;
        match placeholder {
            Placeholder::Question => f.write_str(&ask.question),
            Placeholder::Session => f.write_str(&ask.session_id),
            Placeholder::Caller => match &ask.caller {
                Some(caller) => f.write_str(&session::user_id(caller)),
                None => Ok(()),
            },
            // Lists, which the template has nowhere as text.
            Placeholder::Files | Placeholder::History | Placeholder::Messages => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::agent::ask::{Role, Turn};
    use crate::agent::file::File;
    use crate::caller::Known;
    use crate::settings::agents::request::RequestTemplate;

    fn asked(template: Value) -> Value {
        let turn = |role, text: &str| Turn {
            role,
            text: text.to_owned(),
            files: Vec::new(),
        };
        let ask = Ask {
            question: "川か、\"道\"か ${session}".to_owned(),
            history: vec![turn(Role::User, "a"), turn(Role::Assistant, "${question}")],
            session_id: "s1".to_owned(),
            caller: Some(Known::by_signature("AIDA", None)),
            files: vec![File::new(Some("a.txt"), None, Bytes::from_static(b"x")).unwrap()],
            ..Ask::default()
        };
        let template = RequestTemplate::try_from(template).unwrap();
        let written = super::payload(&template, &ask).unwrap();
        serde_json::from_slice(&written).unwrap()
    }

    #[test]
    fn placeholders_become_what_is_asked_and_nothing_in_that_is_read_again() {
        let question = "川か、\"道\"か ${session}";
        for (template, expected) in [
            (json!("${question}"), json!(question)),
            (
                json!({"prompt": "${question}", "runtimeSessionId": "${session}", "stream": true, "n": [1, null, 0.5]}),
                json!({"prompt": question, "runtimeSessionId": "s1", "stream": true, "n": [1, null, 0.5]}),
            ),
            (
                json!([{"text": "<${question}> of ${caller}, $${question}"}]),
                json!([{"text": format!("<{question}> of AIDA, ${{question}}")}]),
            ),
            (
                json!({"$${a}": "${question}", "u": "${caller}"}),
                json!({"${a}": question, "u": "AIDA"}),
            ),
        ] {
            assert_eq!(asked(template), expected);
        }
    }

    #[test]
    fn the_conversation_is_a_list_of_messages() {
        let message = |role: &str, text: &str| json!({"role": role, "content": [{"text": text}]});
        let history = [message("user", "a"), message("assistant", "${question}")];
        let files = json!([{"name": "a.txt", "mediaType": "text/plain", "data": "eA=="}]);
        let mut question = message("user", "川か、\"道\"か ${session}");
        question["files"] = files.clone();
        assert_eq!(
            asked(json!(["${question}", {"f": "${files}"}]))[1],
            json!({"f": files})
        );
        assert_eq!(
            asked(json!({"messages": "${messages}", "before": "${history}"})),
            json!({"messages": [history[0], history[1], question], "before": history})
        );
    }
}
