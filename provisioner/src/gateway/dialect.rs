//! The ways to talk to a gateway, as their own clients do it: where to post what, and what the
//! answer says.

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

/// What is asked of whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    pub text: &'a str,
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
            agent,
            session,
            trace,
            explain,
        } = question;
        match self {
            Self::Magi => without_nulls(json!({
                "question": text,
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
                    "parts": [{ "type": "text", "text": text }],
                }],
                "agent": agent,
                "trace": trace,
            })),
            Self::AgUi => json!({
                "threadId": session.unwrap_or(new_id),
                "runId": new_id,
                "state": {},
                "messages": [{ "id": new_id, "role": "user", "content": text }],
                "tools": [],
                "context": [],
                "forwardedProps": without_nulls(json!({ "agent": agent, "trace": trace })),
            }),
            Self::Openai => without_nulls(json!({
                "model": agent.unwrap_or("default"),
                "messages": [{ "role": "user", "content": text }],
                "stream": true,
                "stream_options": { "include_usage": true },
                "trace": trace,
                "metadata": session.map(|session| json!({ "session_id": session })),
            })),
        }
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
    fn done_is_an_end_to_openai_only() {
        let complete = Some(Event::Complete(String::new()));
        assert_eq!(Reader::new(Dialect::Openai).read("[DONE]"), complete);
        assert_eq!(Reader::new(Dialect::AiSdk).read("[DONE]"), None);
        assert_eq!(Reader::new(Dialect::Magi).read("[DONE]"), None);
    }
}
