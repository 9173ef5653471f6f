//! A function URL event becomes a question, a health check or a refusal; every 4xx is born here or
//! in [`authorize`](crate::authorize).

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::agent::Ask;
use crate::settings::TraceLevel;

/// Enough for a long document; Bedrock itself would take 25 million characters.
pub const MAX_QUESTION_CHARACTERS: usize = 100_000;

/// What a function URL sends, as far as it is needed here: [payload format 2.0].
///
/// [payload format 2.0]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionUrlEvent {
    raw_path: String,
    /// Lower-case names.
    #[serde(default)]
    headers: HashMap<String, String>,
    request_context: RequestContext,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
struct RequestContext {
    http: Http,
    #[serde(default)]
    authorizer: Option<Authorizer>,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

#[derive(Debug, Deserialize)]
struct Authorizer {
    #[serde(default)]
    iam: Option<serde::de::IgnoredAny>,
}

impl FunctionUrlEvent {
    /// Whether the function URL has checked a signature.
    pub fn is_signed(&self) -> bool {
        let authorizer = self.request_context.authorizer.as_ref();
        authorizer.is_some_and(|authorizer| authorizer.iam.is_some())
    }
}

/// What a caller wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Ask(Ask),
    /// `GET /healthz`: the function runs; the agent is not asked.
    Health,
}

/// An HTTP error that is told before any stream begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people; may quote the request, so it is never logged.
    pub message: String,
}

impl Refusal {
    /// A refusal with an HTTP status, a stable code and a sentence.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }
}

/// The JSON body of `POST /`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    question: String,
    session_id: Option<String>,
    memory_id: Option<String>,
    session_attributes: Option<HashMap<String, String>>,
    prompt_session_attributes: Option<HashMap<String, String>>,
    #[serde(default)]
    end_session: bool,
    trace: Option<TraceLevel>,
}

/// Decodes what Lambda delivered; refuses what did not come through a function URL.
pub fn decode(event: &[u8]) -> Result<FunctionUrlEvent, Refusal> {
    serde_json::from_slice(event).map_err(|_| {
        Refusal::new(
            400,
            "not_a_function_url_event",
            "this function is called through its function URL (payload format 2.0)",
        )
    })
}

/// Reads the request; `new_session_id` makes up an id for a caller without one.
pub fn read(
    event: FunctionUrlEvent,
    allowed_trace: TraceLevel,
    new_session_id: impl FnOnce() -> Result<String, getrandom::Error>,
) -> Result<Request, Refusal> {
    match (
        event.request_context.http.method.as_str(),
        event.raw_path.as_str(),
    ) {
        ("POST", "/" | "") => {}
        ("GET" | "HEAD", "/healthz") => return Ok(Request::Health),
        (_, "/" | "") => return Err(method_not_allowed("POST")),
        (_, "/healthz") => return Err(method_not_allowed("GET")),
        _ => {
            return Err(Refusal::new(
                404,
                "not_found",
                "there is `POST /` for questions and `GET /healthz`",
            ));
        }
    }
    require_json(&event.headers)?;
    let body = body_text(event.body.unwrap_or_default(), event.is_base64_encoded)?;
    let body: Body = serde_json::from_str(&body).map_err(|error| {
        let code = match error.classify() {
            serde_json::error::Category::Data => "invalid_request",
            _ => "invalid_json",
        };
        Refusal::new(400, code, format!("the body is not as expected: {error}"))
    })?;

    check_question(&body.question)?;
    if let Some(id) = &body.session_id {
        check_id("sessionId", id)?;
    }
    if let Some(id) = &body.memory_id {
        check_id("memoryId", id)?;
    }
    let trace = body.trace.unwrap_or(allowed_trace);
    if trace > allowed_trace {
        return Err(Refusal::new(
            400,
            "trace_not_allowed",
            format!(
                "trace `{}` is more than this deployment allows: `{}`",
                trace.name(),
                allowed_trace.name()
            ),
        ));
    }
    let session_id = match body.session_id {
        Some(id) => id,
        None => new_session_id()
            .map_err(|_| Refusal::new(500, "internal", "the gateway failed; ask again"))?,
    };
    Ok(Request::Ask(Ask {
        question: body.question,
        session_id,
        memory_id: body.memory_id,
        session_attributes: body.session_attributes,
        prompt_session_attributes: body.prompt_session_attributes,
        end_session: body.end_session,
        trace,
    }))
}

fn method_not_allowed(allowed: &str) -> Refusal {
    Refusal::new(405, "method_not_allowed", format!("use {allowed}"))
}

fn require_json(headers: &HashMap<String, String>) -> Result<(), Refusal> {
    let content_type = headers.get("content-type").map_or("", String::as_str);
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::new(
        415,
        "unsupported_media_type",
        "send the question as `content-type: application/json`",
    ))
}

fn body_text(body: String, is_base64_encoded: bool) -> Result<String, Refusal> {
    if !is_base64_encoded {
        return Ok(body);
    }
    let bytes = STANDARD
        .decode(body)
        .map_err(|_| Refusal::new(400, "invalid_encoding", "the body is not valid base64"))?;
    String::from_utf8(bytes)
        .map_err(|_| Refusal::new(400, "invalid_encoding", "the body is not valid UTF-8"))
}

fn check_question(question: &str) -> Result<(), Refusal> {
    if question.trim().is_empty() {
        return Err(Refusal::new(
            400,
            "empty_question",
            "`question` is empty; ask something",
        ));
    }
    let characters = question.chars().count();
    if characters > MAX_QUESTION_CHARACTERS {
        return Err(Refusal::new(
            413,
            "question_too_long",
            format!(
                "`question` has {characters} characters; at most {MAX_QUESTION_CHARACTERS} are allowed"
            ),
        ));
    }
    Ok(())
}

/// Bedrock's rule for session and memory ids: `[0-9a-zA-Z._:-]{2,100}`.
fn check_id(field: &str, id: &str) -> Result<(), Refusal> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    if (2..=100).contains(&id.len()) && id.bytes().all(valid) {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "invalid_id",
        format!("`{field}` must be 2 to 100 characters out of letters, digits and `._:-`"),
    ))
}

#[cfg(test)]
mod tests;
