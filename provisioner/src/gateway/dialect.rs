//! The ways to talk to a gateway, as their own clients do it: where to post what, and what the
//! answer says.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::transcript::ag_ui::AgUi;
use super::transcript::{Event, ai_sdk, magi, open_ai};

/// The kinds of clients that a gateway answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// The gateway's own
    #[default]
    Magi,
    /// The Vercel AI SDK's UI message stream
    AiSdk,
    /// AG-UI
    AgUi,
    /// OpenAI chat completions
    Openai,
}

/// A file that comes with a question. What kind it is the gateway sees by its name.
#[derive(Clone)]
pub struct File {
    pub name: String,
    /// Its content in base64.
    pub data: String,
}

impl fmt::Debug for File {
    /// Without name and content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").finish_non_exhaustive()
    }
}

/// What is asked of whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// May be empty where there are files.
    pub text: &'a str,
    pub files: &'a [File],
    /// A name from the deployment's configuration; else the default.
    pub agent: Option<&'a str>,
    /// A session to go on with; else a new one.
    pub session: Option<&'a str>,
    /// How much of the agent's trace is wanted: `off`, `summary` or `full`.
    pub trace: Option<&'a str>,
    /// Each message of the agent is to be explained, which the native dialect can.
    pub explain: bool,
}

impl Dialect {
    /// Where on the function URL it is spoken.
    pub fn path(self) -> &'static str {
        match self {
            Self::Magi => "",
            Self::AiSdk => "ai-sdk",
            Self::AgUi => "ag-ui",
            Self::Openai => "openai/v1/chat/completions",
        }
    }

    /// The question as a client of this kind puts it. Ids that such a client makes up are `new_id`.
    pub fn request(self, question: &Question<'_>, new_id: &str) -> Value {
        let Question {
            text,
            files,
            agent,
            session,
            trace,
            explain,
        } = question;
        // A text alone is what these clients send.
        let parts = |part: fn(&File) -> Value| {
            let text = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
            text.into_iter()
                .chain(files.iter().map(part))
                .collect::<Value>()
        };
        let content = |part: fn(&File) -> Value| match files {
            [] => json!(text),
            _ => parts(part),
        };
        match self {
            Self::Magi => without_nulls(json!({
                "question": (files.is_empty() || !text.is_empty()).then_some(text),
                "files": (!files.is_empty()).then(|| {
                    let files = files.iter();
                    files
                        .map(|File { name, data }| json!({ "name": name, "data": data }))
                        .collect::<Value>()
                }),
                "agent": agent,
                "sessionId": session,
                "trace": trace,
                "explain": explain.then_some(true),
            })),
            Self::AiSdk => without_nulls(json!({
                "id": session.unwrap_or(new_id),
                "trigger": "submit-message",
                "messages": [{
                    "id": new_id,
                    "role": "user",
                    "parts": parts(|file| json!({
                        "type": "file", "mediaType": "", "filename": file.name, "url": file.data_url(),
                    })),
                }],
                "agent": agent,
                "trace": trace,
            })),
            Self::AgUi => json!({
                "threadId": session.unwrap_or(new_id),
                "runId": new_id,
                "state": {},
                "messages": [{
                    "id": new_id,
                    "role": "user",
                    "content": content(|file| json!({
                        "type": "binary", "mimeType": "", "filename": file.name, "data": file.data,
                    })),
                }],
                "tools": [],
                "context": [],
                "forwardedProps": without_nulls(json!({ "agent": agent, "trace": trace })),
            }),
            Self::Openai => without_nulls(json!({
                "model": agent.unwrap_or("default"),
                "messages": [{ "role": "user", "content": content(|file| json!({
                    "type": "file", "file": { "filename": file.name, "file_data": file.data_url() },
                })) }],
                "stream": true,
                "stream_options": { "include_usage": true },
                "trace": trace,
                "metadata": session.map(|session| json!({ "session_id": session })),
            })),
        }
    }
}

impl File {
    fn data_url(&self) -> String {
        format!("data:;base64,{}", self.data)
    }
}

fn without_nulls(mut object: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.retain(|_, member| !member.is_null());
    }
    object
}

/// Reads the answer in one dialect.
#[derive(Debug)]
pub struct Reader {
    dialect: Dialect,
    ag_ui: AgUi,
}

impl Reader {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            ag_ui: AgUi::default(),
        }
    }

    /// What an event's data says, if it is for people.
    pub(crate) fn read(&mut self, data: &str) -> Option<Event> {
        if data == open_ai::DONE {
            // To the AI SDK it is the end of the transport, not of the answer.
            return (self.dialect == Dialect::Openai).then(|| Event::Complete(String::new()));
        }
        let data: Value = serde_json::from_str(data).ok()?;
        match self.dialect {
            Dialect::Magi => magi::read(&data),
            Dialect::AiSdk => ai_sdk::read(&data),
            Dialect::AgUi => self.ag_ui.read(&data),
            Dialect::Openai => open_ai::read(&data),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_given_is_not_sent() {
        let question = Question {
            text: "可否は?",
            ..Question::default()
        };

        let request = Dialect::Magi.request(&question, "id");

        assert_eq!(request, json!({"question": "可否は?"}));
        assert_eq!(
            Dialect::AgUi.request(&question, "id")["forwardedProps"],
            json!({})
        );
    }

    #[test]
    fn files_come_as_each_client_sends_them() {
        let files = [File {
            name: "a.png".to_owned(),
            data: "AA==".to_owned(),
        }];
        let question = Question {
            files: &files,
            ..Question::default()
        };
        let asked = |dialect: Dialect| dialect.request(&question, "id");
        let url = "data:;base64,AA==";
        assert_eq!(
            asked(Dialect::Magi),
            json!({"files": [{"name": "a.png", "data": "AA=="}]})
        );
        assert_eq!(
            asked(Dialect::AiSdk)["messages"][0]["parts"],
            json!([{"type": "file", "mediaType": "", "filename": "a.png", "url": url}])
        );
        assert_eq!(
            asked(Dialect::AgUi)["messages"][0]["content"],
            json!([{"type": "binary", "mimeType": "", "filename": "a.png", "data": "AA=="}])
        );
        assert_eq!(
            asked(Dialect::Openai)["messages"][0]["content"],
            json!([{"type": "file", "file": {"filename": "a.png", "file_data": url}}])
        );
    }

    #[test]
    fn done_is_an_end_to_openai_only() {
        let complete = Some(Event::Complete(String::new()));
        assert_eq!(Reader::new(Dialect::Openai).read("[DONE]"), complete);
        assert_eq!(Reader::new(Dialect::AiSdk).read("[DONE]"), None);
        assert_eq!(Reader::new(Dialect::Magi).read("[DONE]"), None);
    }
}
