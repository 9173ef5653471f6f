//! What agents ask back: the interrupts of Strands and of `LangGraph`, those of `LangChain`'s
//! `HumanInTheLoopMiddleware` inside of them, and calls that wait for an approval.

use serde_json::{Value, json};

use super::fields::{Object, has, list, only, text};
use super::heard::Heard;
use crate::agent::resume::decision_id;
use crate::event::{Inquiry, InquiryKind};

/// The members of an interrupt of Strands: the last is TypeScript's, which leaves out what is not there.
const OF_STRANDS: [&str; 5] = ["id", "name", "reason", "response", "source"];

/// Recognises a list of interrupts: what Strands' result is as text.
pub(super) fn recognise(value: &Value) -> Option<Vec<Heard>> {
    let interrupts = value.as_array()?;
    let is_interrupt = |value: &Value| {
        value.as_object().is_some_and(|interrupt| {
            let is_of_python = has(interrupt, &["id", "name", "reason", "response"]);
            let is_of_typescript = has(interrupt, &["id", "name", "source"]);
            only(interrupt, &OF_STRANDS) && (is_of_python || is_of_typescript)
        })
    };
    let are_interrupts = !interrupts.is_empty() && interrupts.iter().all(is_interrupt);
    are_interrupts.then(|| all(interrupts))?
}

/// An object that says of itself that it has stopped for interrupts; `inner` reads what else it says.
pub(super) fn stopped(
    message: &Object,
    inner: &dyn Fn(&Value) -> Vec<Heard>,
) -> Option<Vec<Heard>> {
    let reasons = ["stop_reason", "stopReason", "status", "type"];
    let has_stopped = reasons.iter().any(|key| {
        matches!(
            text(message, key),
            Some("interrupt" | "interrupted" | "INTERRUPTED")
        )
    });
    let asked = has_stopped.then(|| all(list(message, "interrupts")))??;
    let mut rest = message.clone();
    rest.retain(|key, value| {
        key != "interrupts" && !reasons.contains(&key.as_str()) && !value.is_null()
    });
    let mut heard = if rest.is_empty() {
        Vec::new()
    } else {
        inner(&Value::Object(rest))
    };
    heard.extend(asked);
    Some(heard)
}

/// The inquiries in interrupts; `None` if one of them is none, or there is none.
pub(super) fn all(interrupts: &[Value]) -> Option<Vec<Heard>> {
    let mut heard = Vec::new();
    for interrupt in interrupts {
        heard.extend(inquiries(interrupt.as_object()?)?);
    }
    (!heard.is_empty()).then_some(heard)
}

fn inquiries(interrupt: &Object) -> Option<Vec<Heard>> {
    let id = ["id", "interrupt_id", "interruptId"];
    let id = id.iter().find_map(|key| text(interrupt, key))?;
    if let Some(name) = text(interrupt, "name") {
        let reason = interrupt.get("reason").cloned().unwrap_or_default();
        return Some(vec![question(id, name, reason, None)]);
    }
    let value = interrupt.get("value")?;
    let requests = value["action_requests"].as_array();
    Some(match requests {
        Some(requests) if !requests.is_empty() => requests
            .iter()
            .enumerate()
            .map(|(number, request)| approval(decision_id(id, number), request))
            .collect(),
        _ => {
            let schema = interrupt.get("response_schema");
            let schema = schema.filter(|schema| schema.is_object()).cloned();
            vec![question(id, "interrupt", value.clone(), schema)]
        }
    })
}

/// What is asked: a sentence, or what only the program and its client know.
fn question(id: &str, name: &str, reason: Value, schema: Option<Value>) -> Heard {
    let sentence = match &reason {
        Value::String(sentence) => Some(sentence.clone()),
        Value::Object(members) => ["message", "question", "prompt"]
            .iter()
            .find_map(|key| text(members, key))
            .map(ToOwned::to_owned),
        _ => None,
    };
    asked(Inquiry {
        id: id.to_owned(),
        name: name.to_owned(),
        input: match reason {
            Value::String(_) => Value::Null,
            reason => reason,
        },
        message: sentence,
        schema,
        ..Inquiry::default()
    })
}

fn approval(id: String, request: &Value) -> Heard {
    let name = request["name"]
        .as_str()
        .or_else(|| request["action"].as_str());
    let input = request.get("args").or_else(|| request.get("arguments"));
    asked(Inquiry {
        id,
        kind: InquiryKind::Approval,
        name: name.unwrap_or("action").to_owned(),
        input: input.cloned().unwrap_or_else(|| json!({})),
        message: request["description"].as_str().map(ToOwned::to_owned),
        ..Inquiry::default()
    })
}

/// What a call waits for; the agent knows the answer by the call's id.
pub(super) fn about(call: Heard, kind: InquiryKind) -> Heard {
    let Heard::Call {
        agent,
        id,
        name,
        input,
    } = call
    else {
        return call;
    };
    let inquiry = Inquiry {
        id: id.clone(),
        kind,
        name,
        input,
        tool_call_id: Some(id),
        ..Inquiry::default()
    };
    Heard::Asked { agent, inquiry }
}

/// What ADK calls where one of its tools needs a confirmation: only the client can answer that call.
pub(super) const CONFIRMATION: &str = "adk_request_confirmation";

/// The approval in such a call's input.
pub(super) fn confirmation(id: &str, input: &Value) -> Option<Inquiry> {
    let call = input["originalFunctionCall"].as_object()?;
    let hint = input["toolConfirmation"]["hint"].as_str();
    Some(Inquiry {
        id: id.to_owned(),
        kind: InquiryKind::Approval,
        name: text(call, "name")?.to_owned(),
        input: call.get("args").cloned().unwrap_or_default(),
        message: hint.map(ToOwned::to_owned),
        tool_call_id: text(call, "id").map(ToOwned::to_owned),
        ..Inquiry::default()
    })
}

fn asked(inquiry: Inquiry) -> Heard {
    Heard::Asked {
        agent: None,
        inquiry,
    }
}
