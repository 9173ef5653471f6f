//! Bedrock's `returnControl` as calls of the client's tools, and their outputs as Bedrock's results.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answered::{Answered, Output, approval, of_session};
use super::tool::{Call, tool_name};
use crate::agent::ReturnControl;
use crate::client_json::{self, Json};
use crate::refusal::Refusal;
use crate::request::draft::Draft;

/// The beginning of every id, by which a conversation's other calls are told from these.
const PREFIX: &str = "rc_";
/// Much longer than any id that was written here.
const LONGEST: usize = 4096;

/// The input of a call that comes back, as far as Bedrock wants it back.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    action_group: Option<String>,
    function: Option<String>,
    api_path: Option<String>,
    http_method: Option<String>,
    agent_id: Option<String>,
    action_invocation_type: Option<String>,
}

impl Input {
    /// Reads the input; nothing of one that no agent has sent.
    fn of(json: &str) -> Self {
        if !client_json::is_object(json) {
            return Self::default();
        }
        serde_json::from_str(json).unwrap_or_default()
    }
}

/// The calls in Bedrock's `invocationInputs`.
pub(super) fn calls<'a>(
    session_id: &str,
    invocation_id: &str,
    inputs: &'a Value,
) -> impl Iterator<Item = Call<'a>> {
    let inputs = inputs.as_array().map(Vec::as_slice).unwrap_or_default();
    // Each input is a union: an object with one member, which is named after its kind.
    let inputs = inputs
        .iter()
        .filter_map(|input| input.as_object()?.values().next());
    inputs.enumerate().map(move |(index, input)| Call {
        id: format!("{PREFIX}{session_id}_{invocation_id}_{index}"),
        name: name(input),
        input: Cow::Borrowed(input),
        approval: None,
    })
}

/// Whether two calls' ids are of the same invocation.
pub(super) fn are_of_one_invocation(one: &str, other: &str) -> bool {
    let invocation = |id| parse(id).map(|(_, invocation_id)| invocation_id);
    invocation(one) == invocation(other)
}

/// Moves the results of the last invocation among `answered` into `draft`, and its session id, if the
/// client sends none itself.
pub(super) fn answer(answered: &[Answered<'_>], draft: &mut Draft) -> Result<(), Refusal> {
    let Some((session_id, invocation_id)) = answered.last().and_then(|last| parse(&last.id)) else {
        return Ok(());
    };
    let results = answered
        .iter()
        .filter(|answered| parse(&answered.id).is_some_and(|(_, id)| id == invocation_id))
        // Can't fail: texts always become JSON.
        .filter_map(|answered| result(&Input::of(&answered.input), &answered.output).ok())
        .map(Json)
        .collect();
    of_session(draft, session_id.to_owned())?;
    draft.return_control = Some(ReturnControl {
        invocation_id: invocation_id.to_owned(),
        results,
    });
    Ok(())
}

/// The ids of the session and of the invocation in a call's id.
pub(super) fn parse(id: &str) -> Option<(&str, &str)> {
    let ids = (id.len() <= LONGEST).then(|| id.strip_prefix(PREFIX))?;
    let mut parts = ids?.rsplitn(3, '_');
    let _index = parts.next()?;
    let invocation_id = parts.next()?;
    Some((parts.next()?, invocation_id))
}

/// The name of the tool: the function, or the API's method and path, in the letters that the name of
/// a tool may have.
fn name(input: &Value) -> String {
    let member = |name| input.get(name).and_then(Value::as_str);
    let name = match (
        member("function"),
        member("httpMethod"),
        member("apiPath"),
        member("actionGroup"),
    ) {
        (Some(function), ..) => function.to_owned(),
        (None, Some(method), Some(path), _) => format!("{method}{path}"),
        (.., group) => group.unwrap_or("action").to_owned(),
    };
    tool_name(&name)
}

/// One of Bedrock's `returnControlInvocationResults`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum InvocationResult<'a> {
    ApiResult(ActionResult<'a>),
    FunctionResult(ActionResult<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    action_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<&'a str>,
    response_body: Bodies<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation_state: Option<&'static str>,
}

/// The output, by its media type.
#[derive(Serialize)]
enum Bodies<'a> {
    #[serde(rename = "application/json")]
    Json(Body<'a>),
    #[serde(rename = "TEXT")]
    Text(Body<'a>),
}

#[derive(Serialize)]
struct Body<'a> {
    body: Cow<'a, str>,
}

/// The JSON of one result, written out of the texts where they are: an output may have megabytes.
fn result(input: &Input, output: &Output<'_>) -> serde_json::Result<String> {
    let is_api = input.api_path.is_some();
    let (body, failed) = match output {
        Output::Content(text) => (Cow::Borrowed(text.as_str()), false),
        Output::Json(json) => (Output::text(json), false),
        Output::Failed(error) => (error.as_str().into(), true),
        Output::Approved => ("approved".into(), false),
        Output::Denied(reason) => (reason.as_deref().unwrap_or("denied").into(), false),
        Output::Cancelled => ("cancelled".into(), true),
    };
    let confirmed = confirmation(input, output);
    let result = ActionResult {
        action_group: input.action_group.as_deref(),
        function: input.function.as_deref(),
        api_path: input.api_path.as_deref(),
        http_method: input.http_method.as_deref(),
        agent_id: input.agent_id.as_deref(),
        response_body: if is_api {
            Bodies::Json(Body { body })
        } else {
            Bodies::Text(Body { body })
        },
        // With `REPROMPT` the agent may try something else; `FAILURE` would end the run.
        response_state: failed.then_some("REPROMPT"),
        confirmation_state: confirmed.map(|yes| if yes { "CONFIRM" } else { "DENY" }),
    };
    serde_json::to_string(&if is_api {
        InvocationResult::ApiResult(result)
    } else {
        InvocationResult::FunctionResult(result)
    })
}

/// The user's decision about an action that needs to be confirmed.
fn confirmation(input: &Input, output: &Output<'_>) -> Option<bool> {
    let kind = input.action_invocation_type.as_deref()?;
    if !kind.starts_with("USER_CONFIRMATION") {
        return None;
    }
    let word = match output {
        Output::Json(json) => Output::text(json),
        Output::Content(word) => word.into(),
        Output::Approved => return Some(true),
        Output::Denied(_) => return Some(false),
        Output::Failed(_) | Output::Cancelled => return None,
    };
    approval(&word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inputs() -> Value {
        json!([
            {"functionInvocationInput": {"actionGroup": "weather", "function": "forecast for",
                "parameters": [{"name": "city", "type": "string", "value": "東京"}]}},
            {"apiInvocationInput": {"actionGroup": "parks", "httpMethod": "GET", "apiPath": "/parks/{id}"}},
        ])
    }

    #[test]
    fn every_input_is_a_call() {
        let inputs = inputs();
        let calls: Vec<_> = calls("s_1", "inv-1", &inputs).collect();

        assert_eq!(calls[0].id, "rc_s_1_inv-1_0");
        assert_eq!(calls[0].name, "forecast_for");
        assert_eq!(calls[0].input["actionGroup"], "weather");
        assert_eq!(calls[1].name, "GET_parks__id_");
        assert_eq!(super::calls("s", "i", &Value::Null).count(), 0);
    }

    #[test]
    fn outcomes_are_the_answer_to_the_last_invocation() {
        let inputs = inputs();
        let outcomes: Vec<_> = calls("s_1", "inv-0", &inputs)
            .chain(calls("s_1", "inv-1", &inputs))
            .map(|call| Answered {
                output: if call.name.starts_with("GET") {
                    Output::Failed("closed".to_owned())
                } else {
                    Output::Json(r#"{"sky":"clear"}"#)
                },
                id: call.id,
                input: call.input.to_string().into(),
            })
            .collect();
        let mut draft = Draft::default();
        answer(&outcomes, &mut draft).unwrap();

        assert_eq!(draft.session_id.as_deref(), Some("s_1"));
        let answer = draft.return_control.unwrap();
        assert_eq!(answer.invocation_id, "inv-1");
        let results = answer.results.iter();
        let results = results.map(|result| serde_json::from_str::<Value>(&result.0).unwrap());
        assert_eq!(
            results.collect::<Value>(),
            json!([
                {"functionResult": {"actionGroup": "weather", "function": "forecast for",
                    "responseBody": {"TEXT": {"body": "{\"sky\":\"clear\"}"}}}},
                {"apiResult": {"actionGroup": "parks", "httpMethod": "GET", "apiPath": "/parks/{id}",
                    "responseBody": {"application/json": {"body": "closed"}}, "responseState": "REPROMPT"}},
            ])
        );
    }

    #[test]
    fn an_action_that_asks_first_is_confirmed_or_denied() {
        let input = Input::of(r#"{"function":"buy","actionInvocationType":"USER_CONFIRMATION"}"#);
        let state = |output| {
            let result = result(&input, &Output::Json(output)).unwrap();
            let result: Value = serde_json::from_str(&result).unwrap();
            result["functionResult"]["confirmationState"].clone()
        };

        assert_eq!(state("true"), "CONFIRM");
        assert_eq!(state(r#""deny""#), "DENY");
        assert_eq!(state(r#""hm""#), Value::Null);
    }

    #[test]
    fn other_ids_are_not_ours() {
        for id in ["call_1", "rc_", "rc_a_b", ""] {
            assert_eq!(parse(id), None, "{id}");
        }
        assert_eq!(parse("rc_s_i_0"), Some(("s", "i")));
    }
}
