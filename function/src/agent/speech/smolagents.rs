//! The steps of smolagents (`agent.run(task, stream=True)`), which have no type: their members tell.

use serde_json::Value;

use super::blocks::whole;
use super::fields::{Object, flag, has, list, object, only, text, usage};
use super::heard::{Form, Heard};

/// Recognises a step by its members.
///
/// What the model says on its way is said as it streams; the answer is the final one.
pub(super) fn recognise(step: &Object) -> Option<Vec<Heard>> {
    let agent = None;
    if has(step, &["content", "tool_calls", "token_usage"])
        && only(step, &["content", "tool_calls", "token_usage"])
    {
        let said = text(step, "content").map(|said| Heard::said(Form::Piece, said));
        return Some(vec![said.unwrap_or(Heard::Bookkeeping)]);
    }
    if has(
        step,
        &["output", "is_final_answer", "observation", "tool_call"],
    ) {
        return Some(vec![Heard::Result {
            agent,
            id: text(step, "id")?.to_owned(),
            name: None,
            output: step.get("observation")?.clone(),
            failed: false,
        }]);
    }
    if has(step, &["output", "is_final_answer"]) && step.len() == 2 {
        return Some(if flag(step, "is_final_answer") {
            answer(step.get("output")?)
        } else {
            vec![Heard::Bookkeeping]
        });
    }
    if has(step, &["step_number", "timing", "is_final_answer"]) {
        let mut heard: Vec<_> = list(step, "tool_calls").iter().filter_map(call).collect();
        heard.extend(
            step.get("token_usage")
                .and_then(usage)
                .map(|usage| Heard::Usage { agent, usage }),
        );
        if flag(step, "is_final_answer") {
            heard.extend(answer(step.get("action_output")?));
        }
        heard.push(Heard::Turn { agent: None });
        return Some(heard);
    }
    if has(step, &["plan", "timing", "model_output_message"]) {
        return Some(vec![Heard::thought(
            Form::Whole("smolagents.plan"),
            text(step, "plan")?,
        )]);
    }
    if has(step, &["id", "function"]) && text(step, "type") == Some("function") {
        return Some(vec![call(&Value::Object(step.clone()))?]);
    }
    if has(step, &["id", "name", "arguments"]) && step.len() == 3 {
        return Some(vec![call(&Value::Object(step.clone()))?]);
    }
    None
}

/// The final answer, which is anything: words are said, the rest is data.
fn answer(output: &Value) -> Vec<Heard> {
    match output {
        Value::String(_) => whole(output, "smolagents.answer"),
        Value::Number(number) => whole(&number.to_string().into(), "smolagents.answer"),
        output => vec![Heard::data(output)],
    }
}

fn call(call: &Value) -> Option<Heard> {
    let call = call.as_object()?;
    let function = object(call, "function").unwrap_or(call);
    let name = text(function, "name")?;
    // The tool by which an agent gives its answer is no tool of its author's.
    if name == "final_answer" {
        return None;
    }
    Some(Heard::Call {
        agent: None,
        id: text(call, "id")?.to_owned(),
        name: name.to_owned(),
        input: function.get("arguments")?.clone(),
    })
}
