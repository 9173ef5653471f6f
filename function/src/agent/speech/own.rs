//! Objects of a program's own. What is surely words for the user is said; the rest goes on as data.

use serde_json::{Map, Value};

use super::blocks::{is_message, whole};
use super::fields::{Object, object, only, text};
use super::heard::{Form, Heard};

/// Members whose text is an answer or a piece of it, the surest first.
pub(super) const ANSWERS: [&str; 12] = [
    "result",
    "response",
    "output",
    "answer",
    "completion",
    "text",
    "content",
    "message",
    "chunk",
    "token",
    "delta",
    "data",
];

/// Those that programs call the whole answer, although some send its pieces so.
const RESULTS: [&str; 5] = ["result", "response", "output", "answer", "completion"];

/// Members that say what an object is about; with any other value than these it is no answer.
const TAGS: [(&str, &[&str]); 9] = [
    ("type", &SPOKEN),
    ("event", &SPOKEN),
    ("kind", &SPOKEN),
    ("object", &SPOKEN),
    ("role", &["assistant", "ai", "model", "agent"]),
    (
        "status",
        &[
            "success",
            "succeeded",
            "ok",
            "completed",
            "complete",
            "done",
            "finished",
        ],
    ),
    ("level", &[]),
    ("stage", &[]),
    ("progress", &[]),
];

/// Types of objects that have words for the user.
const SPOKEN: [&str; 22] = [
    "text",
    "text_delta",
    "text-delta",
    "text_chunk",
    "chunk",
    "content",
    "content_delta",
    "token",
    "delta",
    "message",
    "messages",
    "answer",
    "response",
    "result",
    "output",
    "completion",
    "assistant",
    "final",
    "final_answer",
    "final_result",
    "agent_response",
    "stream",
];

/// Members that go with an answer without a meaning of their own.
pub(super) const BESIDE: [&str; 28] = [
    "id",
    "ids",
    "index",
    "role",
    "type",
    "event",
    "kind",
    "object",
    "status",
    "success",
    "error",
    "session_id",
    "sessionId",
    "thread_id",
    "threadId",
    "run_id",
    "runId",
    "request_id",
    "requestId",
    "message_id",
    "messageId",
    "timestamp",
    "created",
    "created_at",
    "done",
    "model",
    "stop_reason",
    "stopReason",
];

/// Members of an object that tells a failure and nothing else.
const FAILURE: [&str; 14] = [
    "error",
    "error_type",
    "errorType",
    "error_code",
    "errorCode",
    "message",
    "detail",
    "details",
    "status",
    "code",
    "type",
    "success",
    "traceback",
    "statusCode",
];

/// What an object of the program's own means; `tag` is the name of its event.
///
/// `None` where nothing in it is known: it is data, and it is counted.
pub(super) fn recognise(own: &Object, tag: Option<&str>) -> Option<Vec<Heard>> {
    let kind = text(own, "type").or_else(|| text(own, "event")).or(tag);
    if let Some(failure) = failure(own, kind) {
        return Some(vec![failure]);
    }
    if let Some(tool) = kind
        .filter(|kind| is_of_tool(kind))
        .and_then(|kind| tool(own, kind))
    {
        return Some(vec![tool]);
    }
    if !is_answer(own, tag) {
        return None;
    }
    let (key, mut heard) = ANSWERS
        .iter()
        .find_map(|key| Some((*key, words(own.get(*key)?, key)?)))?;
    // A message beside a status is about the status.
    if key == "message" && own.contains_key("status") {
        return None;
    }
    let mut rest: Map<_, _> = own.clone();
    rest.retain(|name, value| name != key && !BESIDE.contains(&name.as_str()) && !value.is_null());
    for name in ["reasoning", "thinking", "thought"] {
        if let Some(Value::String(thought)) = rest.remove(name) {
            heard.insert(0, Heard::thought(Form::Piece, &thought));
        }
    }
    if !rest.is_empty() {
        heard.push(Heard::data(&Value::Object(rest)));
    }
    Some(heard)
}

/// Why nothing is said of an object that nobody knows.
pub(super) fn why_unknown(own: &Object, tag: Option<&str>) -> &'static str {
    if !is_answer(own, None) {
        "a type, an event, a status or the like in it says that it is no answer"
    } else if !is_answer(own, tag) {
        "the name of its event says that it is no answer"
    } else if own.contains_key("status") && own.contains_key("message") {
        "its message is about its status"
    } else {
        "no member that is known to hold an answer has text"
    }
}

/// The words under a key: a text, which may be a piece or the whole, a message, or its blocks.
fn words(value: &Value, key: &'static str) -> Option<Vec<Heard>> {
    if let Value::String(text) = value {
        // Blanks alone repeat nothing.
        let is_whole = RESULTS.contains(&key) && !text.trim().is_empty();
        let form = if is_whole {
            Form::Whole(key)
        } else {
            Form::Unsure(key)
        };
        return Some(vec![Heard::said(form, text)]);
    }
    let content = content(value)?;
    let heard = whole(content, key);
    let is_said = |heard: &Heard| {
        matches!(
            heard,
            Heard::Said { .. } | Heard::Thought { .. } | Heard::Call { .. } | Heard::Result { .. }
        )
    };
    (!heard.is_empty() && heard.iter().all(is_said)).then_some(heard)
}

/// The content of a message, of `{"message": …}` as `Converse` answers, or of a list of blocks.
fn content(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(blocks) => blocks.iter().all(Value::is_object).then_some(value),
        message if is_message(message) => message.get("content"),
        Value::Object(members) => members
            .get("message")
            .filter(|message| is_message(message))?
            .get("content"),
        _ => None,
    }
}

fn is_answer(own: &Object, tag: Option<&str>) -> bool {
    let is_allowed = |value: &Value, allowed: &[&str]| match value {
        Value::String(value) => allowed
            .iter()
            .any(|known| value.eq_ignore_ascii_case(known)),
        Value::Null => true,
        // HTTP's number for it, or a flag.
        Value::Number(number) => number.as_u64() == Some(200),
        Value::Bool(flag) => *flag,
        Value::Array(_) | Value::Object(_) => false,
    };
    let tags = TAGS
        .iter()
        .all(|(key, allowed)| own.get(*key).is_none_or(|value| is_allowed(value, allowed)));
    let named = tag.is_none_or(|tag| SPOKEN.iter().any(|known| tag.eq_ignore_ascii_case(known)));
    let is_of_tool = [
        "tool",
        "tool_name",
        "toolName",
        "tool_call_id",
        "toolUseId",
        "step",
        "state",
    ]
    .iter()
    .any(|key| own.contains_key(*key));
    tags && named && !is_of_tool
}

/// A failure that a program tells in an object of its own, by nothing but that.
fn failure(own: &Object, kind: Option<&str>) -> Option<Heard> {
    let is_error = match own.get("error")? {
        Value::Bool(is_error) => *is_error,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Number(_) | Value::Array(_) => false,
    };
    let is_named =
        kind.is_none_or(|kind| matches!(kind, "error" | "failure" | "failed" | "exception"));
    let is_only = only(own, &FAILURE)
        || own
            .keys()
            .all(|key| FAILURE.contains(&key.as_str()) || ANSWERS.contains(&key.as_str()));
    let class = text(own, "error_type")
        .or_else(|| object(own, "error").and_then(|error| text(error, "type")));
    (is_error && is_named && is_only).then(|| Heard::failed(class))
}

fn is_of_tool(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("tool") || kind.starts_with("on_tool") || kind.starts_with("function_call")
}

/// The call of a tool, or its result.
fn tool(own: &Object, kind: &str) -> Option<Heard> {
    let inner = ["tool", "data"]
        .into_iter()
        .find_map(|key| object(own, key))
        .unwrap_or(own);
    let find = |keys: &[&str]| keys.iter().find_map(|key| inner.get(*key)).cloned();
    let names = ["name", "tool_name", "toolName", "tool"];
    let name = names
        .into_iter()
        .find_map(|key| text(inner, key))
        .map(ToOwned::to_owned);
    let ids = [
        "id",
        "tool_call_id",
        "toolCallId",
        "toolUseId",
        "tool_use_id",
        "call_id",
    ];
    let id = ids
        .into_iter()
        .find_map(|key| text(inner, key))
        .unwrap_or_default()
        .to_owned();
    let agent = None;
    if let Some(output) = find(&["output", "result", "content", "response", "observation"]) {
        let failed =
            inner.get("error").is_some_and(|error| !error.is_null()) || kind.ends_with("error");
        return Some(Heard::Result {
            agent,
            id,
            name,
            output,
            failed,
        });
    }
    let input = find(&["input", "args", "arguments", "parameters"]);
    if let Some(name) = name.clone() {
        let begins = ["start", "call", "use", "begin"]
            .iter()
            .any(|word| kind.to_ascii_lowercase().contains(word));
        if input.is_some() || begins {
            return Some(Heard::Call {
                agent,
                id,
                name,
                input: input.unwrap_or(Value::Null),
            });
        }
    }
    input.map(|_| Heard::Bookkeeping)
}
