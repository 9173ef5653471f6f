//! The input of `InvokeAgent`: read, and refused where Bedrock would refuse it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::agents::player::RETURNED;
use crate::route::Call;
use crate::wire::api_error::ApiError;

/// The members of a request that change its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) session_id: String,
    pub(super) memory_id: Option<String>,
    pub(super) question: String,
    pub(super) enable_trace: bool,
    /// Whether the answer is streamed; otherwise it comes in one piece.
    pub(super) stream_final_response: bool,
    pub(super) end_session: bool,
    /// The results that a client sends after the agent has returned control to it, as text.
    pub(super) returned: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    input_text: Option<String>,
    enable_trace: Option<bool>,
    end_session: Option<bool>,
    memory_id: Option<String>,
    session_state: Option<SessionState>,
    streaming_configurations: Option<StreamingConfigurations>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SessionState {
    invocation_id: Option<String>,
    return_control_invocation_results: Option<Vec<Value>>,
    files: Vec<InputFile>,
}

/// A file that comes with a question. The scripted agents do not look into it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct InputFile {
    name: String,
    source: FileSource,
    use_case: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileSource {
    source_type: String,
    #[serde(default)]
    byte_content: Option<ByteContent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ByteContent {
    media_type: String,
    data: String,
}

/// `ByteContentFile` of the API documents both.
const MOST_FILES: usize = 5;
const MOST_FILE_BYTES: usize = 10 * 1024 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StreamingConfigurations {
    stream_final_response: Option<bool>,
    apply_guardrail_interval: Option<i64>,
}

const LONGEST_INPUT: usize = 25_000_000;

impl Input {
    pub(super) fn read(call: &Call) -> Result<Self, ApiError> {
        let body = if call.body.is_empty() {
            Body::default()
        } else {
            serde_json::from_slice(&call.body)
                .map_err(|error| invalid(format!("cannot read the input: {error}")))?
        };
        let names = &call.names;
        check(&names.resource, &names.item, &names.session, &body)?;
        let streaming = body.streaming_configurations.unwrap_or_default();
        let state = body.session_state.unwrap_or_default();
        Ok(Self {
            session_id: names.session.clone(),
            memory_id: body.memory_id,
            question: body.input_text.unwrap_or_default(),
            enable_trace: body.enable_trace.unwrap_or_default(),
            stream_final_response: streaming.stream_final_response.unwrap_or_default(),
            end_session: body.end_session.unwrap_or_default(),
            returned: state.return_control_invocation_results.map(|results| {
                let results: Vec<_> = results.iter().map(text_of).collect();
                results.join("、")
            }),
        })
    }

    /// The text by which the scenario chooses the answer.
    pub(super) fn topic(&self) -> &str {
        if self.returned.is_some() {
            RETURNED
        } else {
            &self.question
        }
    }
}

/// The text of one result, whatever its content type is called.
fn text_of(result: &Value) -> String {
    let members = ["functionResult", "apiResult"];
    let bodies = members
        .iter()
        .find_map(|member| result.get(member)?.get("responseBody")?.as_object());
    let texts = bodies.into_iter().flat_map(|bodies| bodies.values());
    texts
        .filter_map(|content| content.get("body")?.as_str())
        .collect()
}

fn check(agent_id: &str, alias: &str, session_id: &str, body: &Body) -> Result<(), ApiError> {
    let mut broken = Vec::new();
    for (value, member) in [(agent_id, "agentId"), (alias, "agentAliasId")] {
        broken.extend(too_long(value, member, 10));
        let is_alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if value.is_empty() || !is_alphanumeric(value) {
            broken.push(other_pattern(value, member, "^[0-9a-zA-Z]+$"));
        }
    }
    let memory_id = body.memory_id.as_deref().map(|it| (it, "memoryId"));
    for (value, member) in std::iter::once((session_id, "sessionId")).chain(memory_id) {
        if value.len() < 2 {
            broken.push(constraint(
                value,
                member,
                "have length greater than or equal to 2",
            ));
        }
        broken.extend(too_long(value, member, 100));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        if !value.bytes().all(allowed) {
            broken.push(other_pattern(value, member, "^[0-9a-zA-Z._:-]+$"));
        }
    }
    let streaming = body.streaming_configurations.as_ref();
    if let Some(interval) = streaming.and_then(|it| it.apply_guardrail_interval)
        && interval < 1
    {
        broken.push(constraint(
            &interval.to_string(),
            "streamingConfigurations.applyGuardrailInterval",
            "have value greater than or equal to 1",
        ));
    }
    if !broken.is_empty() {
        let count = broken.len();
        let errors = if count == 1 { "error" } else { "errors" };
        return Err(invalid(format!(
            "{count} validation {errors} detected: {}",
            broken.join("; ")
        )));
    }
    let text = body.input_text.as_deref().unwrap_or_default();
    let state = body.session_state.as_ref();
    let returns_control = state.is_some_and(|it| it.return_control_invocation_results.is_some());
    if returns_control && state.is_some_and(|it| it.invocation_id.is_none()) {
        return Err(invalid(
            "Invocation id is required with the results of returned control.",
        ));
    }
    check_files(
        state
            .map(|state| state.files.as_slice())
            .unwrap_or_default(),
    )?;
    let ends = body.end_session == Some(true);
    if text.is_empty() && !returns_control && !ends {
        return Err(invalid("Input text cannot be empty."));
    }
    if text.len() > LONGEST_INPUT {
        return Err(invalid(format!(
            "Input text must be at most {LONGEST_INPUT} bytes long."
        )));
    }
    Ok(())
}

fn check_files(files: &[InputFile]) -> Result<(), ApiError> {
    if files.len() > MOST_FILES {
        let count = files.len();
        return Err(invalid(format!(
            "{count} files are attached; at most {MOST_FILES} are allowed."
        )));
    }
    let mut bytes = 0;
    for file in files {
        let content = file.source.byte_content.as_ref();
        let content = content.filter(|_| file.source.source_type == "BYTE_CONTENT");
        let decoded = content.map(|content| STANDARD.decode(&content.data));
        let (Some(content), Some(Ok(decoded))) = (content, decoded) else {
            return Err(invalid(
                "A file has neither its bytes nor anything else that is read here.",
            ));
        };
        let is_known = ["CHAT", "CODE_INTERPRETER"].contains(&file.use_case.as_str());
        if file.name.is_empty() || content.media_type.is_empty() || decoded.is_empty() || !is_known
        {
            return Err(invalid(
                "A file has a name, a media type, a use case and content.",
            ));
        }
        bytes += decoded.len();
    }
    if bytes > MOST_FILE_BYTES {
        return Err(invalid(format!(
            "The files have {bytes} bytes; at most {MOST_FILE_BYTES} are allowed."
        )));
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("ValidationException", message)
}

fn too_long(value: &str, member: &str, longest: usize) -> Option<String> {
    let rule = format!("have length less than or equal to {longest}");
    (value.chars().count() > longest).then(|| constraint(value, member, &rule))
}

fn other_pattern(value: &str, member: &str, pattern: &str) -> String {
    let rule = format!("satisfy regular expression pattern: {pattern}");
    constraint(value, member, &rule)
}

fn constraint(value: &str, member: &str, rule: &str) -> String {
    format!("Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}")
}

#[cfg(test)]
mod tests;
