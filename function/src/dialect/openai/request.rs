//! What `OpenAI`'s clients send to chat completions. Parameters of models are passed over: an
//! agent's own are its operator's.

use serde::Deserialize;
use serde_json::Value;

use super::{Streamed, Whole};
use crate::dialect::Dialect;
use crate::dialect::client_tools::{self, Outcome};
use crate::dialect::conversation::{Content, Conversation};
use crate::dialect::options::Options;
use crate::request::Refusal;
use crate::request::event::parse;
use crate::request::question::Draft;

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
pub fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    let body: Body = parse(body)?;
    let mut draft = body.options.into_draft();
    draft.session_id = body.metadata.and_then(|metadata| metadata.session_id);
    client_tools::answer(outcomes(&body.messages), &mut draft);
    if draft.return_control.is_none() {
        let mut conversation = Conversation::default();
        for message in &body.messages {
            message.join(&mut conversation);
        }
        conversation.into_question(&mut draft)?;
    }
    let dialect: Box<dyn Dialect> = if body.stream.unwrap_or_default() {
        let usage = body.stream_options.and_then(|asked| asked.include_usage);
        Box::new(Streamed::new(body.model.clone(), usage.unwrap_or_default()))
    } else {
        Box::new(Whole::new(body.model.clone()))
    };
    draft.agent = Some(body.model);
    Ok((draft, dialect))
}

impl Message {
    fn join(&self, conversation: &mut Conversation) {
        let Some(content) = &self.content else { return };
        match self.role.as_str() {
            "user" => conversation.user(content.text(), content.foreign()),
            "assistant" => conversation.assistant(content.text()),
            // What the agent is told to be is its operator's business.
            _ => {}
        }
    }
}

/// What the client did of what it was asked to, when that is the last thing it tells.
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
