//! What a runtime is asked with. Written out of the texts where they are: a conversation may have megabytes.

mod conversation;
mod template;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::agent::ask::Ask;
use crate::agent::resume;
use crate::settings::agents::request::RequestTemplate;
use conversation::{Message, history};
use template::Filled;

/// As the deployment says it; else with `prompt`, which Amazon's examples read.
///
/// Answers to what the agent has asked back take the question's place, as Strands reads them; `resume` has
/// them as `LangGraph` does.
pub(super) fn payload(
    ask: &Ask,
    template: Option<&RequestTemplate>,
) -> serde_json::Result<Vec<u8>> {
    let resume = resume::values(&ask.responses);
    match template {
        Some(template) if resume.is_empty() => {
            serde_json::to_vec(&Filled::new(template.root(), ask))
        }
        Some(template) => {
            let mut filled = serde_json::to_value(Filled::new(template.root(), ask))?;
            if let Some(members) = filled.as_object_mut() {
                members.entry("resume").or_insert(Value::Object(resume));
            }
            serde_json::to_vec(&filled)
        }
        None => serde_json::to_vec(&Payload {
            prompt: if resume.is_empty() {
                Prompt::Question(&ask.question)
            } else {
                Prompt::Answers(resume::blocks(&resume))
            },
            session_id: &ask.session_id,
            resume,
            history: history(ask).collect(),
        }),
    }
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::ask::{Outcome, Response};
    use crate::client_json::Json;

    fn asked(template: Option<Value>) -> Value {
        let ask = Ask {
            session_id: "s1".to_owned(),
            responses: [Response {
                id: "i1".to_owned(),
                name: "n".to_owned(),
                input: Json("{}".to_owned()),
                outcome: Outcome::Output(Json(r#""yes""#.to_owned())),
            }]
            .into(),
            ..Ask::default()
        };
        let template = template.map(|it| RequestTemplate::try_from(it).unwrap());
        serde_json::from_slice(&payload(&ask, template.as_ref()).unwrap()).unwrap()
    }

    #[test]
    fn answers_take_the_place_of_the_question() {
        let blocks = json!([{"interruptResponse": {"interruptId": "i1", "response": "yes"}}]);
        let resume = json!({"i1": "yes"});
        assert_eq!(
            asked(None),
            json!({"prompt": blocks, "sessionId": "s1", "resume": resume})
        );
        let template = json!({"input": {"prompt": "${question}"}, "id": "${session}"});
        assert_eq!(
            asked(Some(template)),
            json!({"input": {"prompt": blocks}, "id": "s1", "resume": resume})
        );
        assert_eq!(asked(Some(json!(["${messages}"]))), json!([[]]));
    }
}
