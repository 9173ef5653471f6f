//! The client's results of inline functions, as a harness wants them.
//!
//! The harness does not remember a turn that its client has to finish: it wants the call of each tool once
//! more, and directly after it the result. As text: it refuses results that are JSON.

use std::borrow::Cow;

use aws_sdk_bedrockagentcore::error::BuildError;
use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage, HarnessToolResultBlock,
    HarnessToolResultContentBlock, HarnessToolUseBlock, HarnessToolUseStatus,
};
use aws_smithy_json::deserialize::json_token_iter;
use aws_smithy_json::deserialize::token::expect_document;
use aws_smithy_types::Document;

use crate::agent::ask::{Outcome, Response};
use crate::client_json::text_of;
use crate::refusal::Refusal;

/// The most values, names and brackets in the input of a call, which is many more than tools have: the SDK wants them
/// one by one, and each takes a hundred bytes.
const MOST_TOKENS: usize = 4096;

/// Refuses calls whose input the SDK could not send again.
pub(super) fn check(responses: &[Response]) -> Result<(), Refusal> {
    match responses.iter().find(|it| document(&it.input.0).is_none()) {
        None => Ok(()),
        Some(Response { name, .. }) => Err(Refusal::new(
            400,
            "invalid_return_control",
            format!(
                "the `input` of `{name}` has more than {MOST_TOKENS} values, names and brackets: send it back as the \
                 harness has sent it"
            ),
        )),
    }
}

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
    HarnessToolUseBlock::builder()
        .tool_use_id(&response.id)
        .name(&response.name)
        .input(document(&response.input.0).unwrap_or_default())
        .build()
        .map(HarnessContentBlock::ToolUse)
}

fn result(response: &Response) -> Result<HarnessContentBlock, BuildError> {
    let (text, status) = match &response.outcome {
        // A text as itself, and anything else as JSON.
        Outcome::Output(json) => {
            let text = text_of(&json.0).map_or_else(|| json.0.clone(), Cow::into_owned);
            (text, HarnessToolUseStatus::Success)
        }
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

/// The JSON of a value as the SDK has it.
fn document(json: &str) -> Option<Document> {
    let tokens = json_token_iter(json.as_bytes()).take(MOST_TOKENS);
    expect_document(&mut tokens.peekable()).ok()
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

    #[test]
    fn what_the_sdk_cannot_send_again_is_refused() {
        let called = |input: String| {
            let mut response = response("t1", Outcome::Approved);
            response.input = Json(input);
            check(&[response]).map_err(|refusal| refusal.message)
        };
        let list = |count| format!(r#"{{"a":[{}0]}}"#, "0,".repeat(count));

        assert_eq!(called(list(4000)), Ok(()));
        assert_eq!(
            called(format!(r#"{{"a":"{}"}}"#, ",".repeat(100_000))),
            Ok(())
        );
        let message = called(list(MOST_TOKENS)).unwrap_err();
        assert!(message.contains("`input` of `close`"), "{message}");
    }
}
