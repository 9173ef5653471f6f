//! The blocks of messages: every framework has its own names for texts, thoughts, and calls of tools.

use serde_json::{Map, Value};

use super::fields::{flag, is_object, list, object, text};
use super::heard::{Form, Heard};

/// One block of a message.
enum Block<'a> {
    Text(&'a str),
    Thought(&'a str),
    Heard(Heard),
    /// Nothing for anybody: signatures, cache points, pieces of a call that comes whole as well.
    Bookkeeping,
    Unknown,
}

/// What is heard of the content of an agent's message that may repeat what was said before: `content` is a
/// text, or a list of blocks.
pub(super) fn whole(content: &Value, name: &'static str) -> Vec<Heard> {
    read(content, Form::Whole(name))
}

/// The same of a piece of a message.
pub(super) fn piece(content: &Value) -> Vec<Heard> {
    read(content, Form::Piece)
}

fn read(content: &Value, form: Form) -> Vec<Heard> {
    let blocks: &[Value] = match content {
        Value::String(_) => std::slice::from_ref(content),
        Value::Array(blocks) => blocks,
        _ => &[],
    };
    let mut heard = Vec::with_capacity(blocks.len());
    for value in blocks {
        match block(value) {
            Block::Text("") | Block::Thought("") | Block::Bookkeeping => {}
            Block::Text(text) => heard.push(Heard::said(form, text)),
            Block::Thought(text) => heard.push(Heard::thought(form, text)),
            Block::Heard(block) => heard.push(block),
            Block::Unknown => heard.push(Heard::data(value)),
        }
    }
    heard
}

/// The results of tools in a message that is no agent's: its texts are the question, or the tools'.
pub(super) fn results(content: &Value) -> Vec<Heard> {
    let blocks = content.as_array().into_iter().flatten();
    let results = blocks.filter_map(|value| match block(value) {
        Block::Heard(result @ Heard::Result { .. }) => Some(result),
        _ => None,
    });
    results.collect()
}

/// The text of a message, for those who want no more of it.
pub(super) fn text_of(content: &Value) -> Option<String> {
    let mut joined = String::new();
    for heard in piece(content) {
        if let Heard::Said { text, .. } = heard {
            joined.push_str(&text);
        }
    }
    Some(joined).filter(|text| !text.is_empty())
}

fn block(value: &Value) -> Block<'_> {
    let block = match value {
        Value::String(text) => return Block::Text(text),
        Value::Object(block) => block,
        _ => return Block::Unknown,
    };
    match text(block, "type").or_else(|| text(block, "kind")) {
        Some(kind) => tagged(block, kind),
        None => untagged(block),
    }
}

fn tagged<'a>(block: &'a Map<String, Value>, kind: &str) -> Block<'a> {
    let said = |key| text(block, key).map_or(Block::Unknown, Block::Text);
    let thought = |key| text(block, key).map_or(Block::Unknown, Block::Thought);
    match kind {
        "text" | "output_text" | "text_delta" | "textBlock" => said("text"),
        "refusal" => said("refusal"),
        "thinking" => thought("thinking"),
        "text_reasoning" | "reasoningBlock" => {
            text(block, "text").map_or(Block::Bookkeeping, Block::Thought)
        }
        "reasoning" => match text(block, "reasoning").or_else(|| text(block, "text")) {
            Some(text) => Block::Thought(text),
            None => Block::Bookkeeping,
        },
        "reasoning_content" => {
            match object(block, "reasoning_content").and_then(|content| text(content, "text")) {
                Some(text) => Block::Thought(text),
                None => Block::Bookkeeping,
            }
        }
        "tool_use"
        | "server_tool_use"
        | "mcp_tool_use"
        | "tool_call"
        | "function_call"
        | "mcp_server_tool_call" => call(block),
        "tool_result"
        | "mcp_tool_result"
        | "function_result"
        | "function_call_output"
        | "mcp_server_tool_result"
        | "web_search_tool_result"
        | "code_execution_tool_result" => result(block),
        "redacted_thinking" | "input_json_delta" | "signature_delta" | "tool_call_chunk"
        | "usage" => Block::Bookkeeping,
        "error" => Block::Heard(Heard::failed(text(block, "error_code"))),
        _ => Block::Unknown,
    }
}

fn untagged(block: &Map<String, Value>) -> Block<'_> {
    if let Some(call) = object(block, "toolUse") {
        return self::call(call);
    }
    if let Some(result) = object(block, "toolResult") {
        return self::result(result);
    }
    for key in ["functionCall", "function_call"] {
        if let Some(call) = object(block, key) {
            return self::call(call);
        }
    }
    for key in ["functionResponse", "function_response"] {
        if let Some(result) = object(block, key) {
            return self::result(result);
        }
    }
    if let Some(reasoning) =
        object(block, "reasoningContent").or_else(|| object(block, "reasoning"))
    {
        let inner = object(reasoning, "reasoningText").unwrap_or(reasoning);
        return text(inner, "text").map_or(Block::Bookkeeping, Block::Thought);
    }
    if let Some(citations) = object(block, "citationsContent") {
        let mut texts = list(citations, "content").iter();
        // One text in practice; several are blocks that this version does not know.
        return match (
            texts.next().and_then(|first| first["text"].as_str()),
            texts.next(),
        ) {
            (Some(text), None) => Block::Text(text),
            _ => Block::Unknown,
        };
    }
    if let Some(said) = text(block, "text") {
        return if flag(block, "thought") {
            Block::Thought(said)
        } else {
            Block::Text(said)
        };
    }
    if let Some(thought) = text(block, "thinking") {
        return Block::Thought(thought);
    }
    if block.contains_key("tool_use_id") {
        return result(block);
    }
    if block.contains_key("input") && block.contains_key("name") {
        return call(block);
    }
    if block.contains_key("cachePoint") || block.contains_key("thoughtSignature") {
        return Block::Bookkeeping;
    }
    Block::Unknown
}

/// A call of a tool, in any framework's names.
fn call(call: &Map<String, Value>) -> Block<'_> {
    let Some(name) = text(call, "name").or_else(|| text(call, "tool_name")) else {
        return Block::Unknown;
    };
    let id = ["toolUseId", "call_id", "tool_call_id", "id"]
        .into_iter()
        .find_map(|key| text(call, key));
    let input = ["input", "args", "arguments"]
        .into_iter()
        .find_map(|key| call.get(key));
    Block::Heard(Heard::Call {
        agent: None,
        id: id.unwrap_or_default().to_owned(),
        name: name.to_owned(),
        input: input.map_or(Value::Null, parsed),
    })
}

/// The input of a call: JSON, which several frameworks keep as a string.
pub(super) fn parsed(input: &Value) -> Value {
    let parsed = input
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok());
    parsed.unwrap_or_else(|| input.clone())
}

/// The answer of a tool, in any framework's names.
fn result(result: &Map<String, Value>) -> Block<'_> {
    let ids = ["toolUseId", "tool_use_id", "call_id", "tool_call_id", "id"];
    let id = ids.into_iter().find_map(|key| text(result, key));
    let name = text(result, "name").map(ToOwned::to_owned);
    if id.is_none() && name.is_none() {
        return Block::Unknown;
    }
    let output = ["content", "result", "output", "response"]
        .into_iter()
        .find_map(|key| result.get(key));
    Block::Heard(Heard::Result {
        agent: None,
        id: id.unwrap_or_default().to_owned(),
        name,
        output: output.cloned().unwrap_or(Value::Null),
        failed: text(result, "status") == Some("error")
            || flag(result, "is_error")
            || result
                .get("exception")
                .is_some_and(|error| !error.is_null()),
    })
}

/// Whether `value` is a message: an object with a role and content.
pub(super) fn is_message(value: &Value) -> bool {
    is_object(value)
        && value["role"].is_string()
        && (value["content"].is_array() || value["content"].is_string())
}
