//! The closed list of vocabularies, tried in this order. Each one knows its messages by a mark that no other
//! has, so that a message it only half knows goes on to the next one and in the end on to the client, as data.

use serde_json::Value;

use super::heard::{Form, Heard};
use super::{
    a2a, ag_ui, agent_framework, ai_sdk, autogen, claude, converse, crewai, google_adk, interrupts,
    langgraph, llama_index, openai, own, pydantic_ai, smolagents, strands, strands_typescript,
};

/// How deep events may wrap others: graphs in graphs, agents as tools.
const DEEPEST: usize = 32;

/// What `value` means, and in whose vocabulary; `tag` is the name of the event that it came in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recognised {
    pub(super) vocabulary: &'static str,
    pub(super) heard: Vec<Heard>,
}

/// Recognises a message of a framework or of a program's own; `None` where nobody knows it.
pub(super) fn recognise(value: &Value, tag: Option<&str>) -> Option<Recognised> {
    at_depth(value, tag, 0)
}

fn at_depth(value: &Value, tag: Option<&str>, depth: usize) -> Option<Recognised> {
    if let Some(recognised) = framework(value, depth) {
        return Some(recognised);
    }
    let heard = own::recognise(value.as_object()?, tag)?;
    Some(Recognised {
        vocabulary: "own",
        heard,
    })
}

/// Recognises a message of a framework.
pub(super) fn framework(value: &Value, depth: usize) -> Option<Recognised> {
    let found =
        |vocabulary, heard: Option<Vec<Heard>>| heard.map(|heard| Recognised { vocabulary, heard });
    if let Some(heard) = interrupts::recognise(value) {
        return found("strands", Some(heard));
    }
    if let Some(heard) = langgraph::recognise(value) {
        return found("langgraph", Some(heard));
    }
    let message = value.as_object()?;
    let inner = |inner: &Value| {
        let recognised = (depth < DEEPEST).then(|| inside(inner, depth + 1));
        recognised.flatten().unwrap_or_else(|| {
            vec![
                Heard::data(inner),
                Heard::Unread("no known vocabulary inside another one"),
            ]
        })
    };
    found("interrupts", interrupts::stopped(message, &inner))
        .or_else(|| found("strands", strands::recognise(message, &inner)))
        .or_else(|| {
            found(
                "strands-typescript",
                strands_typescript::recognise(message, &inner),
            )
        })
        .or_else(|| found("converse", converse::recognise(message)))
        .or_else(|| found("ag-ui", ag_ui::recognise(message)))
        .or_else(|| found("openai", openai::recognise(message)))
        .or_else(|| found("ai-sdk", ai_sdk::recognise(message)))
        .or_else(|| found("claude", claude::recognise(message)))
        .or_else(|| found("pydantic-ai", pydantic_ai::recognise(message)))
        .or_else(|| found("llama-index", llama_index::recognise(message)))
        .or_else(|| found("google-adk", google_adk::recognise(message)))
        .or_else(|| found("autogen", autogen::recognise(message)))
        .or_else(|| found("crewai", crewai::recognise(message)))
        .or_else(|| found("smolagents", smolagents::recognise(message)))
        .or_else(|| found("agent-framework", agent_framework::recognise(message)))
        .or_else(|| found("a2a", a2a::recognise(message)))
        .or_else(|| wrapped(message, depth))
}

/// `{"result": …}` around a framework's whole message, as the templates of Amazon's CLI answer.
fn wrapped(message: &serde_json::Map<String, Value>, depth: usize) -> Option<Recognised> {
    let mut members = message.iter();
    let (key, value) = members.next()?;
    let is_wrapper =
        members.next().is_none() && matches!(key.as_str(), "result" | "response" | "output");
    (is_wrapper && value.is_object() && depth == 0).then(|| framework(value, depth + 1))?
}

/// What an event that another one wraps means; a string in it is text.
fn inside(value: &Value, depth: usize) -> Option<Vec<Heard>> {
    if let Value::String(text) = value {
        return Some(vec![Heard::said(Form::Unsure("string"), text)]);
    }
    Some(at_depth(value, None, depth)?.heard)
}
