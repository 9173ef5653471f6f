//! `LangGraph`'s streams (`messages`, `updates`, `values`, `custom`, one or several at once), `LangChain`'s
//! `astream_events`, and `LangChain`'s messages inside them.

use serde_json::Value;

use super::blocks::{piece, whole};
use super::fields::{Object, has, list, object, text, usage};
use super::heard::{Form, Heard};
use super::interrupts;

/// The modes of a stream.
const MODES: [&str; 7] = [
    "messages",
    "updates",
    "values",
    "custom",
    "debug",
    "tasks",
    "checkpoints",
];

/// Recognises a message of a stream; `None` for any other value.
pub(super) fn recognise(value: &Value) -> Option<Vec<Heard>> {
    match value {
        Value::Array(parts) => tuple(parts),
        Value::Object(object) => self::object_of(object),
        _ => None,
    }
}

fn object_of(message: &Object) -> Option<Vec<Heard>> {
    if let Some(event) = text(message, "event")
        && event.starts_with("on_")
    {
        return runnable(event, message);
    }
    // The stream's own format since LangGraph 1.1, and what authors make of several modes.
    if let (Some(name), Some(data)) = (text(message, "type"), message.get("data"))
        && MODES.contains(&name)
    {
        return mode(name, data);
    }
    if is_message(message) {
        return Some(self::message(message, None));
    }
    if let Some(asked) = message.get("__interrupt__").and_then(Value::as_array) {
        return interrupted(message, asked);
    }
    values(message).or_else(|| update(message))
}

/// A state, or an update of it, at which the graph waits for its client.
fn interrupted(message: &Object, asked: &[Value]) -> Option<Vec<Heard>> {
    let asked = interrupts::all(asked)?;
    let mut rest = message.clone();
    rest.remove("__interrupt__");
    let mut heard = match values(&rest).or_else(|| update(&rest)) {
        Some(heard) => heard,
        None if rest.is_empty() => Vec::new(),
        None => vec![Heard::data(&Value::Object(rest))],
    };
    heard.extend(asked);
    Some(heard)
}

/// `(chunk, metadata)`, `(mode, …)` or `(namespace, …)`: Python's tuples are lists in JSON.
fn tuple(parts: &[Value]) -> Option<Vec<Heard>> {
    match parts {
        [Value::Object(chunk), Value::Object(metadata)] if is_message(chunk) => {
            Some(message(chunk, Some(metadata)))
        }
        [Value::String(name), data] if MODES.contains(&name.as_str()) => mode(name, data),
        [Value::Array(_), Value::String(name), data] if MODES.contains(&name.as_str()) => {
            mode(name, data)
        }
        blocks if !blocks.is_empty() && blocks.iter().all(is_block) => Some(chunk_blocks(blocks)),
        [Value::Array(namespace), data] if namespace.iter().all(Value::is_string) => {
            recognise(data)
        }
        _ => None,
    }
}

fn mode(name: &str, data: &Value) -> Option<Vec<Heard>> {
    match name {
        "messages" => recognise(data),
        "updates" | "values" if data["__interrupt__"].is_array() => recognise(data),
        "updates" => update(data.as_object()?),
        "values" => values(data.as_object()?),
        "custom" => Some(vec![Heard::data(data)]),
        "debug" | "tasks" | "checkpoints" => Some(vec![Heard::Bookkeeping]),
        _ => None,
    }
}

/// What each node has added to the state: its messages, whole.
fn update(update: &Object) -> Option<Vec<Heard>> {
    let mut heard = Vec::new();
    for change in update.values() {
        let change = change.as_object()?;
        let messages = change.get("messages")?;
        let messages = match messages {
            Value::Array(messages) => messages.as_slice(),
            message => std::slice::from_ref(message),
        };
        for message in messages {
            let message = message.as_object().filter(|message| is_message(message))?;
            heard.extend(self::message(message, None));
        }
    }
    (!heard.is_empty()).then_some(heard)
}

/// The whole state: its messages after the last question.
fn values(state: &Object) -> Option<Vec<Heard>> {
    let messages = state.get("messages")?.as_array()?;
    let are_messages = messages
        .iter()
        .all(|message| message.as_object().is_some_and(is_message));
    if !are_messages || messages.is_empty() {
        return None;
    }
    let is_question = |message: &Value| matches!(kind(message), Some("human" | "HumanMessage"));
    let question = messages.iter().rposition(is_question);
    let answers = messages
        .iter()
        .skip(question.map_or(0, |question| question + 1));
    let answers = answers.filter_map(Value::as_object);
    Some(
        answers
            .flat_map(|message| self::message(message, None))
            .collect(),
    )
}

/// An event of `astream_events`.
fn runnable(event: &str, message: &Object) -> Option<Vec<Heard>> {
    let data = object(message, "data")?;
    let metadata = object(message, "metadata");
    let inner = |key| object(data, key).filter(|inner| is_message(inner));
    let name = text(message, "name").unwrap_or("unknown").to_owned();
    match event {
        "on_chat_model_stream" => match inner("chunk") {
            Some(chunk) => Some(self::message(chunk, metadata)),
            // What authors leave of it.
            None => Some(piece(object(data, "chunk")?.get("content")?)),
        },
        "on_chat_model_end" => inner("output").map(|output| self::message(output, metadata)),
        "on_tool_start" => Some(vec![Heard::Call {
            agent: None,
            // The event has no id of the call; the message of the model has.
            id: String::new(),
            name,
            input: data.get("input").cloned().unwrap_or(Value::Null),
        }]),
        "on_tool_end" if inner("output").is_some() => Some(self::message(inner("output")?, None)),
        "on_tool_end" | "on_tool_error" => Some(vec![Heard::Result {
            agent: None,
            id: text(data, "tool_call_id").unwrap_or_default().to_owned(),
            name: Some(name),
            output: data
                .get("output")
                .or_else(|| data.get("error"))
                .cloned()
                .unwrap_or(Value::Null),
            failed: event == "on_tool_error",
        }]),
        "on_custom_event" => Some(vec![Heard::data(message.get("data")?)]),
        "on_llm_stream" => {
            let chunk = object(data, "chunk")?;
            Some(vec![Heard::said(Form::Piece, text(chunk, "text")?)])
        }
        // No other event tells that the graph waits.
        "on_chain_stream" if data["chunk"]["__interrupt__"].is_array() => {
            interrupts::all(list(object(data, "chunk")?, "__interrupt__"))
        }
        // What goes through the graph: states, prompts, and answers that the events of the model tell.
        event if event.starts_with("on_") => Some(vec![Heard::Bookkeeping]),
        _ => None,
    }
}

/// Whether an object is a message of `LangChain`: it has a type of its own and what `LangChain` adds.
fn is_message(message: &Object) -> bool {
    if text(message, "type") == Some("constructor") {
        return has(message, &["lc", "kwargs"]);
    }
    has(message, &["content"])
        && (has(message, &["additional_kwargs"]) || has(message, &["response_metadata"]))
        && text(message, "type").is_some()
}

/// The kind of a message, in any of its spellings.
fn kind(message: &Value) -> Option<&str> {
    match message["type"].as_str()? {
        "constructor" => message["id"].as_array()?.last()?.as_str(),
        kind => Some(kind),
    }
}

fn message(message: &Object, metadata: Option<&Object>) -> Vec<Heard> {
    let value = Value::Object(message.clone());
    let kind = kind(&value).unwrap_or_default();
    let message = object(message, "kwargs").unwrap_or(message);
    let content = message.get("content").unwrap_or(&Value::Null);
    let heard = match kind {
        "AIMessageChunk" => chunk(message, content),
        "ai" | "AIMessage" => {
            let mut heard = whole(content, "langchain.message");
            heard.retain(|heard| !matches!(heard, Heard::Call { .. }));
            heard.extend(list(message, "tool_calls").iter().filter_map(call));
            heard.extend(tokens(message));
            heard.push(Heard::Turn { agent: None });
            heard
        }
        "tool" | "ToolMessage" | "ToolMessageChunk" => vec![Heard::Result {
            agent: None,
            id: text(message, "tool_call_id").unwrap_or_default().to_owned(),
            name: text(message, "name").map(ToOwned::to_owned),
            output: content.clone(),
            failed: text(message, "status") == Some("error"),
        }],
        // The question, the prompt and what is removed from the state.
        "human" | "HumanMessage" | "HumanMessageChunk" | "system" | "SystemMessage"
        | "SystemMessageChunk" | "remove" | "RemoveMessage" => {
            vec![Heard::Bookkeeping]
        }
        _ => vec![Heard::data(&value)],
    };
    let heard = match text(message, "id") {
        // A chunk with the tokens is the last one: its message is told.
        Some(id)
            if kind == "AIMessageChunk"
                && message.get("usage_metadata").is_some_and(Value::is_object) =>
        {
            let told = Heard::Message {
                id: id.to_owned(),
                heard: tokens(message).into_iter().collect(),
            };
            heard.into_iter().chain([told]).collect()
        }
        Some(id) if matches!(kind, "ai" | "AIMessage") => vec![Heard::Message {
            id: id.to_owned(),
            heard,
        }],
        _ => heard,
    };
    match speaker(message, metadata) {
        Some(agent) => heard.into_iter().map(|heard| heard.by(&agent)).collect(),
        None => heard,
    }
}

/// Whether a value is a block of a chunk: authors pass on the content alone.
fn is_block(value: &Value) -> bool {
    let kinds = [
        "text",
        "reasoning",
        "reasoning_content",
        "thinking",
        "tool_use",
        "input_json_delta",
        "tool_call_chunk",
    ];
    value.is_object()
        && value["type"]
            .as_str()
            .is_some_and(|kind| kinds.contains(&kind))
        && value["index"].is_number()
}

/// The pieces in a chunk's blocks; a call comes whole elsewhere.
fn chunk_blocks(blocks: &[Value]) -> Vec<Heard> {
    let pieces = piece(&Value::Array(blocks.to_vec())).into_iter();
    pieces
        .filter(|heard| !matches!(heard, Heard::Call { .. }))
        .collect()
}

fn chunk(message: &Object, content: &Value) -> Vec<Heard> {
    let mut heard = match content {
        Value::Array(blocks) => chunk_blocks(blocks),
        content => piece(content),
    };
    let thought =
        object(message, "additional_kwargs").and_then(|more| text(more, "reasoning_content"));
    heard.extend(
        thought
            .filter(|thought| !thought.is_empty())
            .map(|thought| Heard::thought(Form::Piece, thought)),
    );
    for piece in list(message, "tool_call_chunks") {
        let block = piece["index"].to_string();
        if let (Some(id), Some(name)) = (piece["id"].as_str(), piece["name"].as_str()) {
            heard.push(Heard::CallBegins {
                agent: None,
                block: block.clone(),
                id: id.to_owned(),
                name: name.to_owned(),
            });
        }
        if let Some(piece) = piece["args"].as_str() {
            heard.push(Heard::CallInput {
                agent: None,
                block,
                piece: piece.to_owned(),
            });
        }
    }
    if text(message, "id").is_none() {
        heard.extend(tokens(message));
    }
    if text(message, "chunk_position") == Some("last") {
        heard.push(Heard::Turn { agent: None });
    }
    heard
}

fn call(call: &Value) -> Option<Heard> {
    Some(Heard::Call {
        agent: None,
        id: call["id"].as_str().unwrap_or_default().to_owned(),
        name: call["name"].as_str()?.to_owned(),
        input: call["args"].clone(),
    })
}

fn tokens(message: &Object) -> Option<Heard> {
    let usage = message.get("usage_metadata").and_then(usage)?;
    Some(Heard::Usage { agent: None, usage })
}

/// The agent of a sub-graph: the graph that was asked speaks as itself.
fn speaker(message: &Object, metadata: Option<&Object>) -> Option<String> {
    let metadata = metadata?;
    let namespace =
        text(metadata, "langgraph_checkpoint_ns").or_else(|| text(metadata, "checkpoint_ns"))?;
    let (outer, _) = namespace.split_once('|')?;
    let node = outer.split(':').next();
    let name = text(message, "name")
        .or_else(|| text(metadata, "lc_agent_name"))
        .or(node);
    name.filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}
