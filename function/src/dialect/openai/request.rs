//! The request of chat completions. Parameters of the model are ignored: those of an agent are its
//! operator's choice.

use serde::Deserialize;
use serde_json::Value;

use crate::dialect::client_tools::{self, Outcome};
use crate::dialect::conversation::{Content, Conversation};
use crate::dialect::options::Options;
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::parse;

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    pub(super) model: String,
    pub(super) form: Form,
}

/// How the client wants its answer.
pub(super) enum Form {
    Stream { include_usage: bool },
    Whole,
}

#[derive(Deserialize)]
struct Body {
    /// One of the configured agents.
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(flatten)]
    options: Options,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    session_id: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Option<Content>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
    #[serde(default)]
    tool_call_id: Option<String>,
}

#[derive(Deserialize)]
struct ToolCall {
    id: String,
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    arguments: String,
}

/// Reads the body of `POST /openai/v1/chat/completions`.
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
    let body: Body = parse(body)?;
    let mut draft = body.options.into_draft();
    draft.session_id = body.metadata.and_then(|metadata| metadata.session_id);
    client_tools::answer(outcomes(&body.messages), &mut draft);
    if draft.return_control.is_none() {
        let mut conversation = Conversation::default();
        for message in &body.messages {
            message.add_to(&mut conversation);
        }
        conversation.into_draft(&mut draft)?;
    }
    draft.agent = Some(body.model.clone());
    let include_usage = body
        .stream_options
        .and_then(|options| options.include_usage);
    Ok(Request {
        draft,
        model: body.model,
        form: if body.stream.unwrap_or_default() {
            Form::Stream {
                include_usage: include_usage.unwrap_or_default(),
            }
        } else {
            Form::Whole
        },
    })
}

impl Message {
    fn add_to(&self, conversation: &mut Conversation) {
        let role = self.role.as_str();
        let Some(content) = &self.content else {
            // A call of a tool has none.
            if role == "assistant" {
                conversation.assistant(String::new());
            }
            return;
        };
        match role {
            "tool" | "function" => conversation.tool(),
            "user" => conversation.user(content.text(), content.foreign()),
            "assistant" => conversation.assistant(content.text()),
            // An agent's instructions are its operator's choice.
            _ => {}
        }
    }
}

/// The outcomes of the client's calls, if they are the end of the conversation.
fn outcomes(messages: &[Message]) -> Vec<Outcome> {
    let answers = messages
        .iter()
        .rev()
        .take_while(|message| message.role == "tool")
        .filter_map(|message| {
            let id = message.tool_call_id.clone()?;
            let content = message.content.as_ref().map(Content::text);
            client_tools::is_call(&id).then(|| Outcome {
                input: input(messages, &id),
                output: Ok(Value::String(content.unwrap_or_default())),
                id,
            })
        });
    let mut answers: Vec<_> = answers.collect();
    answers.reverse();
    answers
}

/// The arguments with which `id` was called.
fn input(messages: &[Message], id: &str) -> Value {
    let calls = messages.iter().rev().filter_map(|m| m.tool_calls.as_ref());
    let call = calls.flatten().find(|call| call.id == id);
    call.and_then(|call| call.function.as_ref())
        .and_then(|function| serde_json::from_str(&function.arguments).ok())
        .unwrap_or_default()
}
