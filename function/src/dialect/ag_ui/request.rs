//! What AG-UI's clients send: `RunAgentInput`.

use serde::Deserialize;
use serde_json::Value;

use super::AgUi;
use crate::agent::ReturnControl;
use crate::dialect::Dialect;
use crate::dialect::conversation::{Content, Conversation};
use crate::dialect::options::Options;
use crate::request::Refusal;
use crate::request::event::{parse, parse_part};
use crate::request::question::Draft;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput {
    /// The thread is the session.
    thread_id: String,
    run_id: String,
    messages: Vec<Message>,
    /// Anything; options if it is an object.
    #[serde(default)]
    forwarded_props: Value,
    #[serde(default)]
    resume: Option<Vec<ResumeEntry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    role: String,
    /// An object for `activity`.
    #[serde(default)]
    content: Value,
    #[serde(default)]
    subagent_run_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResumeEntry {
    interrupt_id: String,
    status: Status,
    #[serde(default)]
    payload: Value,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Resolved,
    Cancelled,
}

/// Reads the body of `POST /ag-ui`.
pub fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    let input: RunAgentInput = parse(body)?;
    let mut draft = match input.forwarded_props {
        properties @ Value::Object(_) => parse_part::<Options>(properties)?.into_draft(),
        _ => Draft::default(),
    };
    draft.session_id = Some(input.thread_id);
    draft.return_control = answer(input.resume.unwrap_or_default())?;
    if draft.return_control.is_none() {
        let mut conversation = Conversation::default();
        for message in input.messages {
            message.join(&mut conversation)?;
        }
        conversation.into_question(&mut draft)?;
    }
    Ok((draft, Box::new(AgUi::new(input.run_id))))
}

impl Message {
    fn join(self, conversation: &mut Conversation) -> Result<(), Refusal> {
        // What agents said among themselves, and what they are told to be, is no conversation.
        let is_said = matches!(self.role.as_str(), "user" | "assistant");
        if !is_said || self.subagent_run_id.is_some() || self.content.is_null() {
            return Ok(());
        }
        let content: Content = parse_part(self.content)?;
        if self.role == "user" {
            conversation.user(content.text(), content.foreign());
        } else {
            conversation.assistant(content.text());
        }
        Ok(())
    }
}

/// The way back from an interrupt: its id is Bedrock's invocation id, its payload Bedrock's
/// `returnControlInvocationResults`. What was cancelled is not answered.
fn answer(resume: Vec<ResumeEntry>) -> Result<Option<ReturnControl>, Refusal> {
    let mut resolved = resume
        .into_iter()
        .filter(|entry| entry.status == Status::Resolved);
    let Some(entry) = resolved.next() else {
        return Ok(None);
    };
    let (Value::Array(results), None) = (entry.payload, resolved.next()) else {
        return Err(Refusal::new(
            400,
            "invalid_request",
            "`resume` must have one resolved entry, whose `payload` is the list of Bedrock's \
             `returnControlInvocationResults`",
        ));
    };
    Ok(Some(ReturnControl {
        invocation_id: entry.interrupt_id,
        results,
    }))
}
