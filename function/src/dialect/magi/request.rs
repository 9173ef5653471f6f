//! The native request: `{question, sessionId}` and optional members.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::value::RawValue;

use crate::agent::{File, MOST_FILES, ReturnControl, UseCase};
use crate::client_json::{AtMost, AtMostEntries, Json, plain};
use crate::dialect::attachment::{self, Label};
use crate::dialect::inquiries::{self, Answered, Output};
use crate::dialect::options::{MOST_ATTRIBUTES, MOST_RESULTS};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};
use crate::settings::TraceLevel;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body<'a> {
    /// Required unless there are files, or `returnControl`, with which Bedrock would ignore it.
    question: Option<String>,
    #[serde(borrow)]
    files: Option<AtMost<FileBody<'a>, MOST_FILES>>,
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
struct FileBody<'a> {
    name: Option<String>,
    media_type: Option<String>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default, deserialize_with = "plain")]
    use_case: Option<UseCase>,
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
    let body: Body<'_> = parse(body)?;
    let files = body.files.map(|files| files.0).unwrap_or_default();
    if body.question.is_none() && body.return_control.is_none() && files.is_empty() {
        return Err(Refusal::new(
            400,
            "invalid_request",
            "the body is not as expected: missing field `question`",
        ));
    }
    let mut draft = Draft {
        agent: body.agent,
        question: body.question.unwrap_or_default(),
        files: read_files(files)?,
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
            inquiries::answer(resolved(&invocation_id, &results)?, &mut draft)?;
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

fn resolved<'a>(invocation_id: &str, results: &'a [Json]) -> Result<Vec<Answered<'a>>, Refusal> {
    let results = results.iter().enumerate();
    results
        .map(|(index, result)| answered(invocation_id, index, &result.0))
        .collect()
}

fn answered<'a>(
    invocation_id: &str,
    index: usize,
    result: &'a str,
) -> Result<Answered<'a>, Refusal> {
    let place = format!("returnControl.results[{index}]");
    let refused = |message| Err(Refusal::new(400, "invalid_return_control", message));
    let Resolved {
        id,
        input,
        output,
        error,
        approved,
        reason,
    } = parse_part(&place, result)?;
    let output = match (output, error, approved) {
        (Some(output), None, None) => Output::Json(output.get()),
        (None, Some(error), None) => Output::Failed(error),
        (None, None, Some(true)) => Output::Approved,
        (None, None, Some(false)) => Output::Denied(reason),
        _ => {
            return refused(format!(
                "`{place}` must have one of `output`, `error` and `approved`"
            ));
        }
    };
    match inquiries::invocation_of(&id) {
        Some(of) if of == invocation_id => {}
        Some(_) => {
            return refused(format!(
                "`{place}` answers another invocation than `returnControl.invocationId`"
            ));
        }
        None => {
            return refused(format!(
                "`{place}.id` is not of an inquiry in a `returnControl` event"
            ));
        }
    }
    let input = input.map(RawValue::get).unwrap_or_default().into();
    Ok(Answered { id, input, output })
}

fn read_files(files: Vec<FileBody<'_>>) -> Result<Vec<File>, Refusal> {
    let files = files.into_iter().enumerate().map(|(index, body)| {
        let label = Label {
            name: body.name.as_deref(),
            media_type: body.media_type.as_deref(),
        };
        let place = format!("files[{index}]");
        let data = attachment::text_of(Some(body.data));
        let data = data.ok_or_else(|| attachment::not_base64(&place))?;
        let mut file = attachment::of_base64(&place, label, &data)?;
        file.use_case = body.use_case;
        Ok(file)
    });
    files.collect()
}
