//! The event of a function URL in [payload format 2.0], as far as it is needed here.
//!
//! [payload format 2.0]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::Refusal;

/// One request to the function URL.
#[derive(Deserialize)]
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

#[derive(Deserialize)]
struct RequestContext {
    http: Http,
    #[serde(default)]
    authorizer: Option<Authorizer>,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

#[derive(Deserialize)]
struct Authorizer {
    #[serde(default)]
    iam: Option<Iam>,
}

/// The signer of a request, as the function URL reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Iam {
    #[serde(default)]
    pub user_id: Option<String>,
    #[serde(default)]
    pub user_arn: Option<String>,
}

impl std::fmt::Debug for FunctionUrlEvent {
    /// Without headers and body: neither may reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionUrlEvent")
            .field("method", &self.method())
            .field("path", &self.raw_path)
            .finish_non_exhaustive()
    }
}

impl FunctionUrlEvent {
    /// Decodes what Lambda delivered. Refuses what did not come through a function URL.
    pub fn decode(event: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(event).map_err(|_| {
            Refusal::new(
                400,
                "not_a_function_url_event",
                "this function is called through its function URL (payload format 2.0)",
            )
        })
    }

    /// The HTTP method, such as `POST`.
    pub fn method(&self) -> &str {
        &self.request_context.http.method
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        &self.raw_path
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The owner of the signature that the function URL has checked; `None` when it checks none.
    pub fn signer(&self) -> Option<&Iam> {
        let authorizer = self.request_context.authorizer.as_ref();
        authorizer.and_then(|authorizer| authorizer.iam.as_ref())
    }

    /// The body of a JSON request.
    pub fn into_json_text(self) -> Result<String, Refusal> {
        self.require_json()?;
        let body = self.body.unwrap_or_default();
        if !self.is_base64_encoded {
            return Ok(body);
        }
        let bytes = STANDARD
            .decode(body)
            .map_err(|_| Refusal::new(400, "invalid_encoding", "the body is not valid base64"))?;
        String::from_utf8(bytes)
            .map_err(|_| Refusal::new(400, "invalid_encoding", "the body is not valid UTF-8"))
    }

    fn require_json(&self) -> Result<(), Refusal> {
        let content_type = self.header("content-type").unwrap_or_default();
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
}

/// Reads a JSON body into the type that a dialect expects.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(body).map_err(|error| unexpected(&error))
}

/// Reads a part of a JSON body whose type depends on the rest of it.
pub fn parse_part<T: DeserializeOwned>(part: Value) -> Result<T, Refusal> {
    serde_json::from_value(part).map_err(|error| unexpected(&error))
}

fn unexpected(error: &serde_json::Error) -> Refusal {
    let code = match error.classify() {
        serde_json::error::Category::Data => "invalid_request",
        _ => "invalid_json",
    };
    Refusal::new(400, code, format!("the body is not as expected: {error}"))
}

#[cfg(test)]
mod tests;
