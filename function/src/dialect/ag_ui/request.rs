//! The request of AG-UI: `RunAgentInput`.

use serde::Deserialize;
use serde_json::Value;

use crate::agent::ReturnControl;
use crate::dialect::conversation::{Content, Conversation, nothing_asked};
use crate::dialect::options::Options;
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    pub(super) run_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput {
    /// The thread is the session.
    thread_id: String,
    run_id: String,
    messages: Vec<Message>,
    /// Options, if it is an object; protocol and clients allow any value.
    #[serde(default)]
    forwarded_props: Value,
    #[serde(default)]
    resume: Option<Vec<ResumeEntry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    role: String,
    /// Any value: an `activity` has an object here.
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
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
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
            message.add_to(&mut conversation)?;
        }
        conversation.into_draft(&mut draft)?;
    }
    Ok(Request {
        draft,
        run_id: input.run_id,
    })
}

impl Message {
    fn add_to(self, conversation: &mut Conversation) -> Result<(), Refusal> {
        // Texts among the agents and the agents' instructions are not part of the conversation.
        let is_call = self.role == "assistant" && self.content.is_null();
        if self.role == "tool" || is_call {
            conversation.tool();
        }
        let is_conversation = matches!(self.role.as_str(), "user" | "assistant");
        if !is_conversation || self.subagent_run_id.is_some() || self.content.is_null() {
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

/// The client's answer to an interrupt, whose id is Bedrock's invocation id and whose payload is
/// Bedrock's `returnControlInvocationResults`. A cancelled interrupt has no answer.
fn answer(resume: Vec<ResumeEntry>) -> Result<Option<ReturnControl>, Refusal> {
    let is_empty = resume.is_empty();
    let mut resolved = resume
        .into_iter()
        .filter(|entry| entry.status == Status::Resolved);
    let Some(entry) = resolved.next() else {
        // Who only cancels asks nothing.
        return if is_empty {
            Ok(None)
        } else {
            Err(nothing_asked())
        };
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
