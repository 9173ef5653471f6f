//! The request of `useChat`: the chat's id and all of its messages.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::File;
use crate::client_json::AtMost;
use crate::dialect::attachment::{Label, of_url, text_of};
use crate::dialect::conversation::{Content, Conversation, join};
use crate::dialect::inquiries::{self, Answered, Output};
use crate::dialect::options::{MOST_MESSAGES, MOST_PARTS, Options};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};
use crate::request::question::nothing_asked;

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    /// The client's last message is an answer, which this one continues.
    pub(super) continues: bool,
}

/// The body; the options are read in a pass of their own, so that what is neither is not kept.
#[derive(Deserialize)]
struct Body<'a> {
    /// The chat is the session.
    #[serde(default)]
    id: Option<String>,
    #[serde(borrow)]
    messages: AtMost<&'a RawValue, MOST_MESSAGES>,
}

#[derive(Deserialize)]
struct Message<'a> {
    role: String,
    #[serde(borrow)]
    parts: AtMost<Part<'a>, MOST_PARTS>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    /// These three are a file's. Parts of other kinds may have something else there.
    #[serde(default, borrow)]
    url: Option<&'a RawValue>,
    #[serde(default, borrow)]
    media_type: Option<&'a RawValue>,
    #[serde(default, borrow)]
    filename: Option<&'a RawValue>,
    #[serde(default, borrow)]
    provider_metadata: Option<&'a RawValue>,
    #[serde(default)]
    tool_call_id: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default, borrow)]
    input: Option<&'a RawValue>,
    #[serde(default, borrow)]
    output: Option<&'a RawValue>,
    #[serde(default)]
    error_text: Option<String>,
    #[serde(default, borrow)]
    approval: Option<&'a RawValue>,
}

/// A person's decision about a call.
#[derive(Deserialize)]
struct Approval {
    id: String,
    #[serde(default)]
    approved: Option<bool>,
    #[serde(default)]
    reason: Option<String>,
}

/// What the answer's parts say of themselves, as far as it is read here.
#[derive(Deserialize)]
struct ProviderMetadata {
    gateway: Speaker,
}

#[derive(Deserialize)]
struct Speaker {
    collaborator: bool,
}

/// Reads the body of `POST /ai-sdk`.
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
    let Body { id, messages } = parse(body)?;
    let mut messages = messages.0;
    let mut draft = parse::<Options>(body)?.into_draft();
    draft.session_id = id;
    let mut continues = false;
    if let Some(last) = messages.pop() {
        let message = Message::read(messages.len(), last)?;
        continues = message.role == "assistant";
        if continues {
            inquiries::answer(message.answered(), &mut draft)?;
        }
        messages.push(last);
    }
    // A Bedrock agent's session knows the conversation.
    if draft.return_control.is_none() {
        if continues && draft.answers.is_none() {
            return Err(nothing_asked());
        }
        let mut conversation = Conversation::default();
        for (index, message) in messages.into_iter().enumerate() {
            Message::read(index, message)?.add_to(index, &mut conversation)?;
        }
        conversation.into_draft(&mut draft)?;
    }
    Ok(Request { draft, continues })
}

fn place(index: usize) -> String {
    format!("messages[{index}]")
}

impl<'a> Message<'a> {
    /// Reads the message at `index`.
    fn read(index: usize, json: &'a RawValue) -> Result<Self, Refusal> {
        parse_part(&place(index), json.get())
    }

    fn add_to(self, index: usize, conversation: &mut Conversation) -> Result<(), Refusal> {
        let parts = self.parts.0;
        let said = parts.iter().filter(|part| part.is_conversation());
        let text = join(said.filter_map(|part| part.text.as_deref()));
        match self.role.as_str() {
            "user" => {
                let mut content = Content {
                    text,
                    ..Content::default()
                };
                for part in parts.iter().filter(|part| part.kind == "file") {
                    content.attach(part.file(&place(index)));
                }
                conversation.user(content)?;
            }
            "assistant" => conversation.assistant(text),
            // An agent's instructions are its operator's choice.
            _ => {}
        }
        Ok(())
    }

    /// The answers to the client's calls in the last step; the agent knows the earlier ones.
    fn answered(self) -> Vec<Answered<'a>> {
        let mut parts = self.parts.0;
        let begin = parts.iter().rposition(|part| part.kind == "step-start");
        let step = parts.split_off(begin.unwrap_or_default());
        step.into_iter().filter_map(Part::answered).collect()
    }
}

impl<'a> Part<'a> {
    /// Whether it is text between the user and the agent, not among the agents.
    fn is_conversation(&self) -> bool {
        let is_aside = |metadata: &RawValue| {
            let metadata = serde_json::from_str::<ProviderMetadata>(metadata.get());
            metadata.is_ok_and(|metadata| metadata.gateway.collaborator)
        };
        self.kind == "text" && !self.provider_metadata.is_some_and(is_aside)
    }

    fn file(&self, place: &str) -> Result<File, Refusal> {
        let (name, media_type) = (text_of(self.filename), text_of(self.media_type));
        let label = Label {
            name: name.as_deref(),
            media_type: media_type.as_deref(),
        };
        of_url(place, label, &text_of(self.url).unwrap_or_default())
    }

    fn answered(self) -> Option<Answered<'a>> {
        let input = self.input.map(RawValue::get).unwrap_or_default().into();
        let state = self.state.as_deref()?;
        if state == "approval-responded" {
            let approval: Approval = serde_json::from_str(self.approval?.get()).ok()?;
            let output = if approval.approved? {
                Output::Approved
            } else {
                Output::Denied(approval.reason)
            };
            return inquiries::is_call(&approval.id).then_some(Answered {
                id: approval.id,
                input,
                output,
            });
        }
        let output = match state {
            "output-available" => Output::Json(self.output.map_or("null", RawValue::get)),
            "output-error" => Output::Failed(self.error_text.unwrap_or_default()),
            _ => return None,
        };
        let id = self.tool_call_id.filter(|id| inquiries::is_call(id))?;
        Some(Answered { id, input, output })
    }
}
