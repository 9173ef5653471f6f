//! What may be long in a session's state: the files, and the conversation so far. Written into the request of the SDK
//! out of where they are, because the SDK would hold them three times to do the same.

use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::Serialize;

use super::files::{InputFile, sent};
use crate::agent::ask::{Ask, Role};
use crate::agent::file::length_in_json;
use crate::agent::turns::{Said, Text, alternating};

/// The members of the API's `SessionState`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LongState<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<InputFile<'a>>,
    #[serde(skip_serializing_if = "ConversationHistory::is_empty")]
    conversation_history: ConversationHistory<'a>,
}

#[derive(Serialize)]
struct ConversationHistory<'a> {
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: [Content<'a>; 1],
}

#[derive(Serialize)]
struct Content<'a> {
    text: Text<'a>,
}

impl<'a> LongState<'a> {
    fn of(ask: &'a Ask) -> Self {
        // A session that goes on has its history already, and would hold it twice; and an agent that goes on with what
        // a client did is not told it.
        let history = if ask.starts_session && ask.return_control.is_none() {
            ask.history.as_slice()
        } else {
            &[]
        };
        // Files belong to the session.
        let texts = history.iter().filter(|turn| !turn.text.trim().is_empty());
        Self {
            files: sent(ask).map(InputFile::from).collect(),
            conversation_history: ConversationHistory {
                messages: alternating(texts).into_iter().map(Message::of).collect(),
            },
        }
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.conversation_history.is_empty()
    }
}

impl ConversationHistory<'_> {
    fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

impl<'a> Message<'a> {
    fn of(said: Said<'a>) -> Self {
        Self {
            role: match said.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: [Content { text: said.text }],
        }
    }
}

/// Adds what may be long to a request of the SDK.
pub(super) fn adding(ask: &Arc<Ask>) -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
    let ask = Arc::clone(ask);
    move |request| {
        let Some(body) = request.body().bytes().and_then(|body| whole(body, &ask)) else {
            return;
        };
        let length = body.len().to_string();
        *request.body_mut() = SdkBody::from(body);
        request.headers_mut().insert("content-length", length);
    }
}

/// The body of `InvokeAgent` with more members in its session's state; `None` if there are none.
///
/// The name of a member, as it is looked for here, stands in no text: quotes are escaped there.
fn whole(body: &[u8], ask: &Ask) -> Option<Vec<u8>> {
    const STATE: &[u8] = br#""sessionState":"#;

    let added = LongState::of(ask);
    if added.is_empty() {
        return None;
    }
    let state = body.windows(STATE.len()).position(|it| it == STATE)? + STATE.len();
    let (begin, rest) = body.split_at_checked(state)?;
    let rest = rest.strip_prefix(b"{")?;
    let texts = ask.history.iter().map(|turn| turn.text.len() + 128);
    let length = body.len() + texts.sum::<usize>() + length_in_json(sent(ask));
    let mut whole = Vec::with_capacity(length + 1024);
    whole.extend_from_slice(begin);
    serde_json::to_writer(&mut whole, &added).ok()?;
    // The object goes on with the SDK's own members.
    whole.pop();
    if !rest.starts_with(b"}") {
        whole.push(b',');
    }
    whole.extend_from_slice(rest);
    Some(whole)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::agent::ask::{ReturnControl, Turn};
    use crate::agent::file::{File, UseCase};

    fn turn(role: Role, text: &str) -> Turn {
        Turn {
            role,
            text: text.to_owned(),
            files: Vec::new(),
        }
    }

    fn ask() -> Ask {
        Ask {
            starts_session: true,
            history: vec![
                turn(Role::Assistant, "いらっしゃい"),
                turn(Role::User, "一"),
                turn(Role::User, "\"二\""),
                turn(Role::Assistant, " "),
                turn(Role::Assistant, "三"),
            ],
            ..Ask::default()
        }
    }

    /// What is added to the state; all else is as it was.
    fn added(ask: &Ask) -> Value {
        let mut added = Value::Null;
        for state in [
            json!({}),
            json!({"sessionAttributes": {"sessionState": "{"}}),
        ] {
            let body = json!({"inputText": "\"sessionState\":{", "sessionState": state});
            let whole = whole(body.to_string().as_bytes(), ask).unwrap();
            let mut whole: Value = serde_json::from_slice(&whole).unwrap();
            let members = whole["sessionState"].as_object_mut().unwrap();
            added = json!({
                "files": members.remove("files"),
                "history": members.remove("conversationHistory").map(|it| it["messages"].clone()),
            });
            assert_eq!(whole, body);
        }
        added
    }

    #[test]
    fn a_new_session_learns_what_was_said_before_in_turns() {
        let message = |role, text| json!({"role": role, "content": [{"text": text}]});
        let history = [message("user", "一\n\n\"二\""), message("assistant", "三")];
        assert_eq!(added(&ask()), json!({"files": null, "history": history}));
    }

    #[test]
    fn one_that_goes_on_is_not_told_its_own_words() {
        let goes_on = Ask {
            starts_session: false,
            ..ask()
        };
        let answered = Ask {
            return_control: Some(ReturnControl {
                invocation_id: "i-1".to_owned(),
                results: [].into(),
            }),
            ..ask()
        };
        for ask in [goes_on, answered, Ask::default()] {
            assert_eq!(whole(br#"{"sessionState":{}}"#, &ask), None);
        }
        assert_eq!(whole(b"{}", &ask()), None);
    }

    #[test]
    fn files_stand_in_the_state_as_bedrock_has_them() {
        let mut file = File::new(Some("a\".csv"), None, Bytes::from_static(b"x")).unwrap();
        file.use_case = Some(UseCase::CodeInterpreter);
        let ask = Ask {
            files: vec![file],
            ..Ask::default()
        };
        let expected = json!([{
            "name": "a\".csv",
            "source": {"sourceType": "BYTE_CONTENT", "byteContent": {"mediaType": "text/csv", "data": "eA=="}},
            "useCase": "CODE_INTERPRETER",
        }]);
        assert_eq!(added(&ask), json!({"files": expected, "history": null}));
    }
}
