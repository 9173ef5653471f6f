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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::json::Json as _;
    use crate::client_json::Json;

    fn response(id: &str, outcome: Outcome) -> Response {
        Response {
            id: id.to_owned(),
            name: "close".to_owned(),
            input: Json(r#"{"park":"上野","hours":[-1,2.5,null]}"#.to_owned()),
            outcome,
        }
    }

    fn said(role: HarnessConversationRole, text: &str) -> HarnessMessage {
        message(role, vec![HarnessContentBlock::Text(text.to_owned())]).unwrap()
    }

    /// The role of each message, and its blocks in short.
    fn told(messages: Vec<HarnessMessage>, responses: &[Response]) -> Vec<(String, Vec<String>)> {
        let short = |block: &HarnessContentBlock| match block {
            HarnessContentBlock::Text(text) => text.clone(),
            HarnessContentBlock::ToolUse(call) => {
                format!("{} {} {}", call.tool_use_id, call.name, call.input.json())
            }
            HarnessContentBlock::ToolResult(result) => {
                let texts = result.content.iter().filter_map(|it| it.as_text().ok());
                let status = result.status.as_ref().map(HarnessToolUseStatus::as_str);
                let texts: Vec<_> = texts.cloned().collect();
                format!(
                    "{} {} {texts:?}",
                    result.tool_use_id,
                    status.unwrap_or_default()
                )
            }
            _ => "?".to_owned(),
        };
        let messages = answered(messages, responses).unwrap();
        let message = |message: &HarnessMessage| {
            let blocks = message.content.iter().map(short).collect();
            (message.role.as_str().to_owned(), blocks)
        };
        messages.iter().map(message).collect()
    }

    #[test]
    fn each_call_is_told_again_and_its_result_follows() {
        use HarnessConversationRole::{Assistant, User};
        let output = |json: serde_json::Value| Outcome::Output(Json(json.to_string()));
        let responses = [
            response("t1", output(json!("閉めました"))),
            response("t2", output(json!({"ok": true}))),
            response("t3", Outcome::Failed("locked".to_owned())),
        ];
        let calls = ["t1", "t2", "t3"]
            .map(|id| format!(r#"{id} close {{"hours":[-1,2.5,null],"park":"上野"}}"#));
        let results = vec![
            r#"t1 success ["閉めました"]"#.to_owned(),
            r#"t2 success ["{\"ok\":true}"]"#.to_owned(),
            r#"t3 error ["locked"]"#.to_owned(),
        ];
        let user = ("user".to_owned(), results);
        assert_eq!(
            told(Vec::new(), &responses),
            [("assistant".to_owned(), calls.to_vec()), user.clone()]
        );
        // A harness that is told everything: the calls are part of what the model has said.
        let history = || vec![said(User, "q"), said(Assistant, "Wait.")];
        let mut before = vec!["Wait.".to_owned()];
        before.extend(calls);
        assert_eq!(
            told(history(), &responses),
            [
                ("user".to_owned(), vec!["q".to_owned()]),
                ("assistant".to_owned(), before),
                user
            ]
        );
        assert_eq!(told(history(), &[]).len(), 2);
    }
}
