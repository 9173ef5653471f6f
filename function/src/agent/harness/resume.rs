//! The client's results of inline functions, as a harness wants them.
//!
//! The harness does not remember a turn that its client has to finish: it wants the call of each tool once
//! more, and directly after it the result. As text: it refuses results that are JSON.

use std::collections::HashMap;

use aws_sdk_bedrockagentcore::error::BuildError;
use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage, HarnessToolResultBlock,
    HarnessToolResultContentBlock, HarnessToolUseBlock, HarnessToolUseStatus,
};
use aws_smithy_types::{Document, Number};
use serde_json::Value;

use crate::agent::ask::{Outcome, Response};

/// `messages`, and after them the calls and their results, if there are any.
pub(super) fn answered(
    mut messages: Vec<HarnessMessage>,
    responses: &[Response],
) -> Result<Vec<HarnessMessage>, BuildError> {
    if responses.is_empty() {
        return Ok(messages);
    }
    let calls = responses.iter().map(call).collect::<Result<Vec<_>, _>>()?;
    let results = responses
        .iter()
        .map(result)
        .collect::<Result<Vec<_>, _>>()?;
    // The calls belong to what the model said before them.
    match messages.last_mut() {
        Some(last) if last.role == HarnessConversationRole::Assistant => last.content.extend(calls),
        _ => messages.push(message(HarnessConversationRole::Assistant, calls)?),
    }
    messages.push(message(HarnessConversationRole::User, results)?);
    Ok(messages)
}

fn message(
    role: HarnessConversationRole,
    content: Vec<HarnessContentBlock>,
) -> Result<HarnessMessage, BuildError> {
    let message = HarnessMessage::builder().role(role);
    message.set_content(Some(content)).build()
}

fn call(response: &Response) -> Result<HarnessContentBlock, BuildError> {
    let input = serde_json::from_str(&response.input.0).unwrap_or_default();
    HarnessToolUseBlock::builder()
        .tool_use_id(&response.id)
        .name(&response.name)
        .input(document(input))
        .build()
        .map(HarnessContentBlock::ToolUse)
}

fn result(response: &Response) -> Result<HarnessContentBlock, BuildError> {
    let (text, status) = match &response.outcome {
        Outcome::Output(json) => (text(&json.0), HarnessToolUseStatus::Success),
        Outcome::Failed(error) => (error.clone(), HarnessToolUseStatus::Error),
        Outcome::Approved => ("approved".to_owned(), HarnessToolUseStatus::Success),
        Outcome::Denied(reason) => {
            let reason = reason.clone().unwrap_or_else(|| "denied".to_owned());
            (reason, HarnessToolUseStatus::Error)
        }
        Outcome::Cancelled => ("cancelled".to_owned(), HarnessToolUseStatus::Error),
    };
    HarnessToolResultBlock::builder()
        .tool_use_id(&response.id)
        .content(HarnessToolResultContentBlock::Text(text))
        .status(status)
        .build()
        .map(HarnessContentBlock::ToolResult)
}

/// A text as itself, and anything else as JSON.
fn text(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

fn document(value: Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(flag) => Document::Bool(flag),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Document::String(text),
        Value::Array(values) => Document::Array(values.into_iter().map(document).collect()),
        Value::Object(members) => {
            let members = members.into_iter();
            let members: HashMap<_, _> =
                members.map(|(key, value)| (key, document(value))).collect();
            Document::Object(members)
        }
    }
}
