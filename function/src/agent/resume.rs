//! What a client answers, as a runtime's own program gets it. Pure.

use serde_json::{Map, Value, json};

use super::ask::{Outcome, Response};

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

/// The value for each interrupt, by its id.
pub(super) fn values(responses: &[Response]) -> Map<String, Value> {
    let mut values = Map::new();
    for response in responses {
        match decided(&response.id) {
            Some(interrupt) => {
                let decisions = values
                    .entry(interrupt)
                    .or_insert_with(|| json!({"decisions": []}));
                // The responses are in the order in which they were asked for.
                if let Some(decisions) = decisions["decisions"].as_array_mut() {
                    decisions.push(decision(&response.outcome));
                }
            }
            None => {
                values.insert(response.id.clone(), value(&response.outcome));
            }
        }
    }
    values
}

/// The same as the content of a message, which is how Strands is answered.
pub(super) fn blocks(values: &Map<String, Value>) -> Vec<Value> {
    let block = |(id, response): (&String, &Value)| self::block(id, response);
    values.iter().map(block).collect()
}

pub(super) fn block(interrupt: &str, response: &Value) -> Value {
    json!({"interruptResponse": {"interruptId": interrupt, "response": response}})
}

pub(super) fn value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Output(json) => serde_json::from_str(&json.0).unwrap_or_default(),
        Outcome::Failed(error) => json!({"error": error}),
        Outcome::Approved => Value::Bool(true),
        Outcome::Denied(_) => Value::Bool(false),
        Outcome::Cancelled => Value::Null,
    }
}

/// A decision about a call, in `LangChain`'s words. The client may send one itself, to edit the call.
fn decision(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Approved => json!({"type": "approve"}),
        Outcome::Denied(Some(reason)) => json!({"type": "reject", "message": reason}),
        Outcome::Failed(error) => json!({"type": "reject", "message": error}),
        Outcome::Denied(None) | Outcome::Cancelled => json!({"type": "reject"}),
        Outcome::Output(_) => match value(outcome) {
            decision if decision["type"].is_string() => decision,
            Value::String(message) => json!({"type": "respond", "message": message}),
            other => other,
        },
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            Value::Object(values(&responses)),
            json!({
                "a": {"seats": 2},
                "b": true,
                "c": null,
                "d": {"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]},
            })
        );
        assert_eq!(
            blocks(&values(&responses[1..2])),
            [json!({"interruptResponse": {"interruptId": "b", "response": true}})]
        );
    }
}
