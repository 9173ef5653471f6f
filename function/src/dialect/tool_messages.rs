//! The answers of tools as messages of their own, at the end of a conversation: `OpenAI`'s way, and AG-UI's.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::conversation::text;
use super::inquiries::{self, Answered, MOST_ANSWERS, Output};
use super::options::MOST_PARTS;
use crate::agent::MOST_RESULTS;
use crate::client_json::{AtMost, mended, plain};
use crate::refusal::Refusal;
use crate::request::event::parse_part;

/// A message, as far as it is read here: in the spelling of either protocol.
#[derive(Deserialize)]
struct Message<'a> {
    role: String,
    #[serde(default, borrow)]
    content: Option<&'a RawValue>,
    #[serde(default, alias = "toolCalls")]
    tool_calls: Option<AtMost<ToolCall, MOST_PARTS>>,
    #[serde(default, alias = "toolCallId")]
    tool_call_id: Option<String>,
    /// AG-UI's: the tool failed.
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct ToolCall {
    id: String,
    #[serde(default, deserialize_with = "plain")]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    arguments: String,
}

/// The answers to the client's calls, if they are the end of the conversation: those to the last
/// invocation, which are few, so that looking each call up stays cheap.
pub(super) fn answered(messages: &[&RawValue]) -> Result<Vec<Answered<'static>>, Refusal> {
    let mut answered: Vec<Answered<'_>> = Vec::new();
    let mut earlier = messages.len();
    for (index, json) in messages.iter().enumerate().rev() {
        let place = place(index);
        let message: Message<'_> = parse_part(&place, json.get())?;
        if message.role != "tool" {
            break;
        }
        earlier = index;
        let content = message
            .content
            .map(|json| text(&place, json.get()))
            .transpose()?;
        let Some(id) = message.tool_call_id else {
            continue;
        };
        let is_of_last = answered
            .first()
            .is_none_or(|last| inquiries::are_of_one_invocation(&last.id, &id));
        // One more than Bedrock takes: it is told so.
        let most = if inquiries::is_inquiry(&id) {
            MOST_ANSWERS
        } else {
            MOST_RESULTS + 1
        };
        if inquiries::is_call(&id) && is_of_last && answered.len() < most {
            answered.push(Answered {
                id,
                input: Cow::Borrowed(""),
                output: match message.error {
                    Some(error) => Output::Failed(error),
                    None => Output::Content(content.unwrap_or_default()),
                },
            });
        }
    }
    let mut wanted = answered.len();
    for (index, json) in messages[..earlier].iter().enumerate().rev() {
        if wanted == 0 {
            break;
        }
        let message: Message<'_> = parse_part(&place(index), json.get())?;
        for call in message.tool_calls.unwrap_or_default().0 {
            let known = answered.iter_mut().find(|known| known.id == call.id);
            if let (Some(known), Some(function)) = (known, call.function)
                && known.input.is_empty()
            {
                known.input = Cow::Owned(mended(function.arguments));
                wanted -= 1;
            }
        }
    }
    answered.reverse();
    Ok(answered)
}

fn place(index: usize) -> String {
    format!("messages[{index}]")
}
