//! `{"prompt": …, "sessionId": …, "history": […]}`, of which Amazon's examples read `prompt`. Answers to what the agent
//! has asked back are its `prompt`, as Strands wants them, and its `resume`, as `LangGraph` does.

use serde::Serialize;
use serde_json::{Map, Value};

use super::conversation::{Message, history};
use crate::agent::ask::Ask;
use crate::agent::resume;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    prompt: Prompt<'a>,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    resume: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Prompt<'a> {
    Question(&'a str),
    Answers(Vec<Value>),
}

pub(super) fn payload(ask: &Ask) -> serde_json::Result<Vec<u8>> {
    let resume = resume::values(&ask.responses);
    serde_json::to_vec(&Payload {
        prompt: if resume.is_empty() {
            Prompt::Question(&ask.question)
        } else {
            Prompt::Answers(resume::blocks(&resume))
        },
        session_id: &ask.session_id,
        resume,
        history: history(ask).collect(),
    })
}
