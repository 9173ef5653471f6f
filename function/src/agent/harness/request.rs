//! What a harness is asked with: the body of `InvokeHarness`, whose messages have blocks of text, calls of tools and
//! their results.
//!
//! Written out of the texts where they are, in place of the SDK's own types: those would hold a conversation of
//! megabytes three times more.
//!
//! A harness does not remember a turn that its client has to finish: it wants the call of each inline function once
//! more, and directly after it the result. As text: it refuses results that are JSON.

use std::borrow::Cow;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::agent::ask::{Outcome, Response, Role, Turn};
use crate::agent::file::File;
use crate::agent::turns::{Said, Text, alternating};
use crate::client_json::text_of;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<&'a str>,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Vec<Block<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Block<'a> {
    Text(Text<'a>),
    #[serde(rename = "text")]
    File(FileText<'a>),
    ToolUse(ToolUse<'a>),
    ToolResult(ToolResult<'a>),
}

#[derive(Serialize)]
struct ToolUse<'a> {
    #[serde(rename = "toolUseId")]
    id: &'a str,
    name: &'a str,
    input: &'a RawValue,
}

#[derive(Serialize)]
struct ToolResult<'a> {
    #[serde(rename = "toolUseId")]
    id: &'a str,
    content: [ResultText<'a>; 1],
    status: &'static str,
}

#[derive(Serialize)]
struct ResultText<'a> {
    text: Cow<'a, str>,
}

/// A file's text below its name.
struct FileText<'a> {
    file: &'a File,
    text: &'a str,
}

impl fmt::Display for FileText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let File {
            name, media_type, ..
        } = self.file;
        write!(f, "{name} ({media_type}):\n\n{}", self.text)
    }
}

impl Serialize for FileText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The turns, and after them the answers to what the harness has asked back, if there are any.
pub(super) fn body<'a>(
    turns: impl Iterator<Item = &'a Turn> + Clone,
    responses: &'a [Response],
    actor_id: Option<&str>,
) -> serde_json::Result<Vec<u8>> {
    let texts = turns.clone().map(|turn| turn.text.len() + 128);
    let files = turns.clone().flat_map(|turn| &turn.files);
    let files = files.map(|file| file.bytes.len() + 512);
    // Quotes of JSON are escaped in a text.
    let answers = responses.iter().map(|it| 2 * it.outcome.length() + 512);
    let length: usize = texts.chain(files).chain(answers).sum();
    let messages = alternating(turns).into_iter().map(Message::of).collect();
    let request = Request {
        actor_id,
        messages: answered(messages, responses)?,
    };
    // What grows on its way is held twice, so it begins with about its length.
    let mut body = Vec::with_capacity(1024 + length);
    serde_json::to_writer(&mut body, &request)?;
    Ok(body)
}

/// Puts the body in the place of the one that the SDK has written.
pub(super) fn with_body(body: Vec<u8>) -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
    let body = Bytes::from(body);
    move |request| {
        let headers = request.headers_mut();
        headers.insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body.clone());
    }
}

impl<'a> Message<'a> {
    fn of(said: Said<'a>) -> Self {
        let file = |file: &'a File| {
            let text = file.text()?;
            Some(Block::File(FileText { file, text }))
        };
        let files = said.files.into_iter().filter_map(file);
        let text = Some(said.text).filter(|text| !text.is_blank());
        Self {
            role: match said.role {
                Role::User => USER,
                Role::Assistant => ASSISTANT,
            },
            content: files.chain(text.map(Block::Text)).collect(),
        }
    }
}

const USER: &str = "user";
const ASSISTANT: &str = "assistant";

/// `messages`, and after them the calls and their results, if there are any.
fn answered<'a>(
    mut messages: Vec<Message<'a>>,
    responses: &'a [Response],
) -> serde_json::Result<Vec<Message<'a>>> {
    if responses.is_empty() {
        return Ok(messages);
    }
    let calls = responses.iter().map(call).collect::<Result<Vec<_>, _>>()?;
    // The calls belong to what the model said before them.
    match messages.last_mut() {
        Some(last) if last.role == ASSISTANT => last.content.extend(calls),
        _ => messages.push(Message {
            role: ASSISTANT,
            content: calls,
        }),
    }
    messages.push(Message {
        role: USER,
        content: responses.iter().map(result).collect(),
    });
    Ok(messages)
}

fn call(response: &Response) -> serde_json::Result<Block<'_>> {
    Ok(Block::ToolUse(ToolUse {
        id: &response.id,
        name: &response.name,
        input: serde_json::from_str(&response.input.0)?,
    }))
}

fn result(response: &Response) -> Block<'_> {
    let (text, succeeded) = match &response.outcome {
        // A text as itself, and anything else as JSON.
        Outcome::Output(json) => (text_of(&json.0).unwrap_or(Cow::Borrowed(&json.0)), true),
        Outcome::Failed(error) => (error.into(), false),
        Outcome::Approved => ("approved".into(), true),
        Outcome::Denied(reason) => (reason.as_deref().unwrap_or("denied").into(), false),
        Outcome::Cancelled => ("cancelled".into(), false),
    };
    Block::ToolResult(ToolResult {
        id: &response.id,
        content: [ResultText { text }],
        status: if succeeded { "success" } else { "error" },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::client_json::Json;

    fn turn(role: Role, text: &str, files: Vec<File>) -> Turn {
        Turn {
            role,
            text: text.to_owned(),
            files,
        }
    }

    fn told(turns: &[Turn], responses: &[Response]) -> Value {
        let body = body(turns.iter(), responses, Some("AIDA")).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["actorId"], "AIDA");
        body["messages"].clone()
    }

    fn response(id: &str, outcome: Outcome) -> Response {
        Response {
            id: id.to_owned(),
            name: "close".to_owned(),
            input: Json(r#"{"park":"上野","hours":[-1,2.50,null]}"#.to_owned()),
            outcome,
        }
    }

    #[test]
    fn a_file_of_text_is_a_block_before_the_question() {
        let file = File::new(Some("x.csv"), None, Bytes::from_static(b"a,b")).unwrap();
        let blocks =
            |text, files| told(&[turn(Role::User, text, files)], &[])[0]["content"].clone();
        let block = json!({"text": "x.csv (text/csv):\n\na,b"});
        assert_eq!(
            blocks("sum?", vec![file.clone()]),
            json!([block, {"text": "sum?"}])
        );
        assert_eq!(blocks("", vec![file]), json!([block]));
        assert_eq!(blocks("sum?", vec![]), json!([{"text": "sum?"}]));
    }

    #[test]
    fn each_call_is_told_again_and_its_result_follows() {
        let output = |json: Value| Outcome::Output(Json(json.to_string()));
        let responses = [
            response("t1", output(json!("閉め\"ました"))),
            response("t2", output(json!({"ok": true}))),
            response("t3", Outcome::Failed("locked".to_owned())),
        ];
        let call = |id| {
            let input = json!({"park": "上野", "hours": [-1, 2.5, null]});
            json!({"toolUse": {"toolUseId": id, "name": "close", "input": input}})
        };
        let calls = [call("t1"), call("t2"), call("t3")];
        let result = |id, text, status| json!({"toolResult": {"toolUseId": id, "content": [{"text": text}], "status": status}});
        let results = json!({"role": "user", "content": [
            result("t1", "閉め\"ました", "success"),
            result("t2", r#"{"ok":true}"#, "success"),
            result("t3", "locked", "error"),
        ]});
        assert_eq!(
            told(&[], &responses),
            json!([{"role": "assistant", "content": calls}, results])
        );
        // A harness that is told everything: the calls are part of what the model has said.
        let history = [
            turn(Role::User, "q", vec![]),
            turn(Role::Assistant, "Wait.", vec![]),
        ];
        let question = json!({"role": "user", "content": [{"text": "q"}]});
        let mut before = vec![json!({"text": "Wait."})];
        before.extend(calls);
        assert_eq!(
            told(&history, &responses),
            json!([question, {"role": "assistant", "content": before}, results])
        );
        assert_eq!(told(&history, &[]).as_array().unwrap().len(), 2);
    }
}
