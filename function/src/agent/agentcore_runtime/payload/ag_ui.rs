//! AG-UI: `RunAgentInput`.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::agent::ask::{Ask, Outcome, Response, Role, RunInput, Turn};
use crate::client_json::Json;

/// The members that only some servers can do without are always there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput<'a> {
    thread_id: &'a str,
    run_id: &'a str,
    state: &'a RawValue,
    messages: Vec<Message<'a>>,
    tools: &'a RawValue,
    context: &'a RawValue,
    forwarded_props: &'a RawValue,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resume: Vec<Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Message<'a> {
    /// As a client of AG-UI has sent it.
    Sent(&'a RawValue),
    Made {
        id: String,
        role: &'static str,
        content: &'a str,
    },
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let sent = ask.run_input.as_deref();
    let member = |of: fn(&RunInput) -> &Option<Json>, otherwise| {
        let json = sent.and_then(|sent| of(sent).as_ref());
        raw(json.map_or(otherwise, |Json(json)| json))
    };
    let messages = match sent {
        Some(sent) => {
            let messages = sent.messages.iter();
            let raw = messages.map(|Json(message)| raw(message).map(Message::Sent));
            raw.collect::<Result<_, _>>()?
        }
        None => messages(ask),
    };
    serde_json::to_vec(&RunAgentInput {
        thread_id: &ask.session_id,
        run_id: &ask.id,
        state: member(|sent| &sent.state, "{}")?,
        messages,
        tools: member(|sent| &sent.tools, "[]")?,
        context: member(|sent| &sent.context, "[]")?,
        forwarded_props: member(|sent| &sent.forwarded_props, "{}")?,
        resume: ask.responses.iter().map(resumed).collect(),
    })
}

/// The answer to an interrupt.
fn resumed(response: &Response) -> Value {
    let payload = match &response.outcome {
        Outcome::Output(Json(output)) => serde_json::from_str(output).unwrap_or_default(),
        Outcome::Failed(error) => json!({"error": error}),
        Outcome::Approved => json!({"approved": true}),
        Outcome::Denied(None) => json!({"approved": false}),
        Outcome::Denied(Some(reason)) => json!({"approved": false, "reason": reason}),
        Outcome::Cancelled => {
            return json!({"interruptId": response.id, "status": "cancelled"});
        }
    };
    json!({"interruptId": response.id, "status": "resolved", "payload": payload})
}

fn raw(json: &str) -> serde_json::Result<&RawValue> {
    serde_json::from_str(json)
}

/// The conversation. Servers that keep it themselves know each message by its id: a turn has the same one
/// whenever it comes, and a question that comes without the turns before it one of its own, because a known id
/// with another text is an edit to them, after which they forget what followed.
fn messages(ask: &Ask) -> Vec<Message<'_>> {
    let id = |index| format!("{}-{index}", ask.session_id);
    let turns = ask.history.iter().enumerate();
    let turns = turns.map(|(index, Turn { role, text })| Message::Made {
        id: id(index),
        role: match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: text,
    });
    let question = (!ask.question.is_empty()).then(|| Message::Made {
        id: match ask.history.len() {
            0 => ask.id.clone(),
            index => id(index),
        },
        role: "user",
        content: &ask.question,
    });
    turns.chain(question).collect()
}
