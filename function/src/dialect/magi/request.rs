//! The native request: `{question, sessionId}` and optional members.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::{File, MOST_FILES, ReturnControl, UseCase};
use crate::client_json::{AtMost, AtMostEntries, Json, plain};
use crate::dialect::attachment::{self, Label};
use crate::dialect::options::{MOST_ATTRIBUTES, MOST_RESULTS};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::parse;
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
    Ok(Draft {
        agent: body.agent,
        question: body.question.unwrap_or_default(),
        files: read_files(files)?,
        history: Vec::new(),
        session_id: body.session_id,
        memory_id: body.memory_id,
        session_attributes: body.session_attributes.map(|it| it.0),
        prompt_session_attributes: body.prompt_session_attributes.map(|it| it.0),
        end_session: body.end_session,
        return_control: body.return_control.map(|body| ReturnControl {
            invocation_id: body.invocation_id,
            results: body.results.0.into(),
        }),
        run_input: None,
        trace: body.trace,
        explain: body.explain,
    })
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
