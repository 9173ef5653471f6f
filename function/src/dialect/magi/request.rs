//! The native request: `{question, sessionId}` and optional members.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::value::RawValue;

use crate::agent::ReturnControl;
use crate::client_json::{AtMost, AtMostEntries, Json, plain};
use crate::dialect::inquiries::{self, Answered, Output};
use crate::dialect::options::{MOST_ATTRIBUTES, MOST_RESULTS};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};
use crate::settings::TraceLevel;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    /// Required unless `returnControl` is there, with which Bedrock would ignore it.
    question: Option<String>,
    agent: Option<String>,
    session_id: Option<String>,
    memory_id: Option<String>,
    session_attributes: Option<AtMostEntries<String, MOST_ATTRIBUTES>>,
    prompt_session_attributes: Option<AtMostEntries<String, MOST_ATTRIBUTES>>,
    #[serde(default, deserialize_with = "plain")]
    end_session: bool,
    #[serde(default, deserialize_with = "plain")]
    return_control: Option<ReturnControlBody>,
    #[serde(default, deserialize_with = "plain")]
    trace: Option<TraceLevel>,
    #[serde(default, deserialize_with = "plain")]
    explain: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReturnControlBody {
    invocation_id: String,
    results: AtMost<Json, MOST_RESULTS>,
}

/// One of the agent's inquiries as it came, with its answer.
#[derive(Deserialize)]
struct Resolved<'a> {
    id: String,
    #[serde(default, borrow)]
    input: Option<&'a RawValue>,
    /// Any value, `null` too.
    #[serde(default, borrow, deserialize_with = "present")]
    output: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default, deserialize_with = "plain")]
    approved: Option<bool>,
    /// Why not.
    #[serde(default)]
    reason: Option<String>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads the body of `POST /`.
pub(super) fn read(body: &str) -> Result<Draft, Refusal> {
    let body: Body = parse(body)?;
    if body.question.is_none() && body.return_control.is_none() {
        return Err(Refusal::new(
            400,
            "invalid_request",
            "the body is not as expected: missing field `question`",
        ));
    }
    let mut draft = Draft {
        agent: body.agent,
        question: body.question.unwrap_or_default(),
        session_id: body.session_id,
        memory_id: body.memory_id,
        session_attributes: body.session_attributes.map(|it| it.0),
        prompt_session_attributes: body.prompt_session_attributes.map(|it| it.0),
        end_session: body.end_session,
        trace: body.trace,
        explain: body.explain,
        ..Draft::default()
    };
    if let Some(ReturnControlBody {
        invocation_id,
        results: AtMost(results),
    }) = body.return_control
    {
        if results.iter().any(|result| is_resolved(&result.0)) {
            inquiries::answer(resolved(&results)?, &mut draft)?;
        } else {
            draft.return_control = Some(ReturnControl {
                invocation_id,
                results: results.into(),
            });
        }
    }
    Ok(draft)
}

/// Whether a result is an inquiry with its answer, and none of Bedrock's.
fn is_resolved(result: &str) -> bool {
    #[derive(Deserialize)]
    struct Marked {
        id: IgnoredAny,
    }
    serde_json::from_str::<Marked>(result).is_ok_and(|Marked { id: IgnoredAny }| true)
}

fn resolved(results: &[Json]) -> Result<Vec<Answered<'_>>, Refusal> {
    let results = results.iter().enumerate();
    results
        .map(|(index, result)| answered(index, &result.0))
        .collect()
}

fn answered(index: usize, result: &str) -> Result<Answered<'_>, Refusal> {
    let place = format!("returnControl.results[{index}]");
    let Resolved {
        id,
        input,
        output,
        error,
        approved,
        reason,
    } = parse_part(&place, result)?;
    let output = match (output, error, approved) {
        (Some(output), None, None) => Output::of(output.get()),
        (None, Some(error), None) => Output::Failed(error),
        (None, None, Some(true)) => Output::Approved,
        (None, None, Some(false)) => Output::Denied(reason),
        _ => {
            let message = format!("`{place}` must have one of `output`, `error` and `approved`");
            return Err(Refusal::new(400, "invalid_return_control", message));
        }
    };
    if !inquiries::is_inquiry(&id) {
        let message = format!("`{place}.id` is not of an inquiry in a `returnControl` event");
        return Err(Refusal::new(400, "invalid_return_control", message));
    }
    let input = input.map(RawValue::get).unwrap_or_default().into();
    Ok(Answered { id, input, output })
}
