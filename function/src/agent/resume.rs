//! What a client answers, as a runtime's own program gets it. Pure. Written out of the answers where they are: read
//! into values, a long one takes hundreds of times its length.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::ask::{Outcome, Response};
use crate::client_json::text_of;

/// Between the id of an interrupt and the number of one of its decisions: `LangChain` asks about several
/// calls at once, and wants one answer.
const DECISION: &str = "/decisions/";

/// The id of the decision about the call of this number.
pub(super) fn decision_id(interrupt: &str, number: usize) -> String {
    format!("{interrupt}{DECISION}{number}")
}

/// Between the id of a task and that of an interrupt in it: A2A answers the task, and Strands the interrupt.
const IN_TASK: &str = "/interrupts/";

/// The id of an interrupt in a task of A2A.
pub(super) fn in_task(task: &str, interrupt: &str) -> String {
    format!("{task}{IN_TASK}{interrupt}")
}

/// The task that was asked for, and the interrupt in it where it has some.
pub(super) fn task(id: &str) -> (&str, Option<&str>) {
    match id.split_once(IN_TASK) {
        Some((task, interrupt)) => (task, Some(interrupt)),
        None => (id, None),
    }
}

/// The interrupt that a decision is about; `None` where an answer is no decision.
pub(super) fn decided(id: &str) -> Option<&str> {
    Some(id.rsplit_once(DECISION)?.0)
}

/// The answer to each interrupt, by its id. JSON has them as an object.
#[derive(Default)]
pub(super) struct Answers<'a>(Vec<(&'a str, Answer<'a>)>);

impl<'a> Answers<'a> {
    /// The decisions about one interrupt are one answer. The responses are in the order in which they were asked for.
    pub(super) fn of(responses: &'a [Response]) -> serde_json::Result<Self> {
        let mut answers: Vec<(&str, Answer)> = Vec::new();
        for response in responses {
            let Some(interrupt) = decided(&response.id) else {
                answers.push((&response.id, Answer::of(&response.outcome)?));
                continue;
            };
            let decision = Decision::of(&response.outcome)?;
            match answers.last_mut() {
                Some((id, Answer::Decisions(decisions))) if *id == interrupt => {
                    decisions.push(decision);
                }
                _ => answers.push((interrupt, Answer::Decisions(vec![decision]))),
            }
        }
        Ok(Self(answers))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(&'a str, Answer<'a>)> {
        self.0.iter()
    }

    /// The same as the content of a message, which is how Strands is answered.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block<'a>> {
        let block = |(id, answer): &(&'a str, Answer<'a>)| Block::new(id, answer.clone());
        self.0.iter().map(block)
    }
}

impl Serialize for Answers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, answer)| (id, answer)))
    }
}

/// The answer to one interrupt.
#[derive(Clone)]
pub(super) enum Answer<'a> {
    Said(&'a RawValue),
    Failed(&'a str),
    Approved,
    Denied(Option<&'a str>),
    Cancelled,
    Decisions(Vec<Decision<'a>>),
}

impl<'a> Answer<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> serde_json::Result<Self> {
        Ok(match outcome {
            Outcome::Output(json) => Self::Said(serde_json::from_str(&json.0)?),
            Outcome::Failed(error) => Self::Failed(error),
            Outcome::Approved => Self::Approved,
            Outcome::Denied(reason) => Self::Denied(reason.as_deref()),
            Outcome::Cancelled => Self::Cancelled,
        })
    }
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Said(json) => json.serialize(serializer),
            Self::Failed(error) => serializer.collect_map([("error", error)]),
            Self::Approved => serializer.serialize_bool(true),
            Self::Denied(_) => serializer.serialize_bool(false),
            Self::Cancelled => serializer.serialize_unit(),
            Self::Decisions(decisions) => serializer.collect_map([("decisions", decisions)]),
        }
    }
}

/// A decision about a call, in `LangChain`'s words.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Decision<'a> {
    Approve,
    Reject {
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'a str>,
    },
    Respond {
        message: Cow<'a, str>,
    },
    /// The client's own words, for example to edit the call.
    #[serde(untagged)]
    Sent(&'a RawValue),
}

impl<'a> Decision<'a> {
    fn of(outcome: &'a Outcome) -> serde_json::Result<Self> {
        Ok(match outcome {
            Outcome::Approved => Self::Approve,
            Outcome::Denied(reason) => Self::Reject {
                message: reason.as_deref(),
            },
            Outcome::Failed(error) => Self::Reject {
                message: Some(error),
            },
            Outcome::Cancelled => Self::Reject { message: None },
            Outcome::Output(json) => match text_of(&json.0) {
                Some(message) => Self::Respond { message },
                None => Self::Sent(serde_json::from_str(&json.0)?),
            },
        })
    }
}

/// A block of the content of a message to Strands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Block<'a> {
    interrupt_response: InterruptResponse<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InterruptResponse<'a> {
    interrupt_id: &'a str,
    response: Answer<'a>,
}

impl<'a> Block<'a> {
    pub(super) fn new(interrupt_id: &'a str, response: Answer<'a>) -> Self {
        Self {
            interrupt_response: InterruptResponse {
                interrupt_id,
                response,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client_json::Json;

    fn response(id: &str, outcome: Outcome) -> Response {
        Response {
            id: id.to_owned(),
            name: "n".to_owned(),
            input: Json("{}".to_owned()),
            outcome,
        }
    }

    #[test]
    fn an_answer_is_a_value_and_decisions_about_one_interrupt_are_one() {
        let responses = [
            response("a", Outcome::Output(Json(r#"{"seats":2}"#.to_owned()))),
            response("b", Outcome::Approved),
            response("c", Outcome::Cancelled),
            response(&decision_id("d", 0), Outcome::Approved),
            response(&decision_id("d", 1), Outcome::Denied(Some("no".to_owned()))),
        ];
        let answers = Answers::of(&responses).unwrap();
        assert_eq!(
            serde_json::to_value(&answers).unwrap(),
            json!({
                "a": {"seats": 2},
                "b": true,
                "c": null,
                "d": {"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]},
            })
        );
        let block = answers.blocks().nth(1);
        assert_eq!(
            serde_json::to_value(block).unwrap(),
            json!({"interruptResponse": {"interruptId": "b", "response": true}})
        );
    }
}
