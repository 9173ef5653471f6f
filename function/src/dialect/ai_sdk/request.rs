//! The request of `useChat`: the chat's id and all of its messages.

use serde::Deserialize;
use serde_json::Value;

use crate::dialect::client_tools::{self, Outcome};
use crate::dialect::conversation::{Conversation, join, nothing_asked};
use crate::dialect::options::Options;
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::parse;

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    /// The client's last message is an answer, which this one continues.
    pub(super) continues: bool,
}

#[derive(Deserialize)]
struct Body {
    /// The chat is the session.
    #[serde(default)]
    id: Option<String>,
    messages: Vec<Message>,
    #[serde(flatten)]
    options: Options,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    provider_metadata: Value,
    #[serde(default)]
    tool_call_id: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    output: Value,
    #[serde(default)]
    error_text: Option<String>,
}

/// Reads the body of `POST /ai-sdk`.
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
    let Body {
        id,
        mut messages,
        options,
    } = parse(body)?;
    let mut draft = options.into_draft();
    draft.session_id = id;
    let continues = messages
        .last()
        .is_some_and(|message| message.role == "assistant");
    if continues && let Some(last) = messages.pop() {
        client_tools::answer(last.outcomes(), &mut draft);
    }
    // The answer to a call comes without a question, and the session knows the earlier ones.
    if draft.return_control.is_none() {
        if continues {
            return Err(nothing_asked());
        }
        let mut conversation = Conversation::default();
        for message in &messages {
            message.add_to(&mut conversation);
        }
        conversation.into_draft(&mut draft)?;
    }
    Ok(Request { draft, continues })
}

impl Message {
    fn add_to(&self, conversation: &mut Conversation) {
        let said = self.parts.iter().filter(|part| part.is_conversation());
        let text = join(said.filter_map(|part| part.text.as_deref()));
        match self.role.as_str() {
            "user" => {
                let foreign = self.parts.iter().find(|part| part.kind == "file");
                conversation.user(text, foreign.map(|part| part.kind.as_str()));
            }
            "assistant" => conversation.assistant(text),
            // An agent's instructions are its operator's choice.
            _ => {}
        }
    }

    /// The outcomes of the client's calls in the last step; the agent knows the earlier ones.
    fn outcomes(self) -> Vec<Outcome> {
        let mut parts = self.parts;
        let begin = parts.iter().rposition(|part| part.kind == "step-start");
        let step = parts.split_off(begin.unwrap_or_default());
        step.into_iter().filter_map(Part::outcome).collect()
    }
}

impl Part {
    /// Whether it is text between the user and the agent, not among the agents.
    fn is_conversation(&self) -> bool {
        let aside = self.provider_metadata.pointer("/gateway/collaborator");
        self.kind == "text" && aside != Some(&Value::Bool(true))
    }

    fn outcome(self) -> Option<Outcome> {
        let id = self.tool_call_id.filter(|id| client_tools::is_call(id))?;
        let output = match self.state.as_deref()? {
            "output-available" => Ok(self.output),
            "output-error" => Err(self.error_text.unwrap_or_default()),
            _ => return None,
        };
        Some(Outcome {
            id,
            input: self.input,
            output,
        })
    }
}
