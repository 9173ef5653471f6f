//! The event of a function URL in [payload format 2.0], as far as it is needed here.
//!
//! It holds the request's body as a string of JSON, of up to 6 MB: the body is decoded where it stands,
//! and nothing of the event is kept besides it.
//!
//! [payload format 2.0]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client_json;
use crate::refusal::Refusal;

/// Some clients begin a body with this mark of its encoding. It is no part of the JSON.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One request to the function URL.
pub struct FunctionUrlEvent {
    path: String,
    method: String,
    headers: Headers,
    signer: Option<Iam>,
    body: String,
    is_base64_encoded: bool,
}

/// The headers that are read here. Payload format 2.0 has their names in lower case.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Headers {
    accept: Option<String>,
    authorization: Option<String>,
    content_type: Option<String>,
    traceparent: Option<String>,
    tracestate: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    raw_path: String,
    #[serde(default)]
    headers: Headers,
    request_context: RequestContext,
    #[serde(default, borrow)]
    body: Option<&'a RawValue>,
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
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl FunctionUrlEvent {
    /// Decodes what Lambda delivered. Refuses what did not come through a function URL.
    pub fn decode(event: impl Into<Bytes>) -> Result<Self, Refusal> {
        // Without a copy: nobody else has these bytes.
        let mut event = Vec::from(event.into());
        client_json::mend(&mut event);
        let event = String::from_utf8(event).map_err(|_| foreign())?;
        let envelope: Envelope<'_> = serde_json::from_str(&event).map_err(|_| foreign())?;
        let Envelope {
            raw_path,
            headers,
            request_context: RequestContext { http, authorizer },
            body,
            is_base64_encoded,
        } = envelope;
        let body = match body {
            None => 0..0,
            Some(literal) => literal_in(&event, literal.get()).ok_or_else(foreign)?,
        };
        Ok(Self {
            path: raw_path,
            method: http.method,
            headers,
            signer: authorizer.and_then(|authorizer| authorizer.iam),
            body: decoded(event.into_bytes(), body).ok_or_else(foreign)?,
            is_base64_encoded,
        })
    }

    /// The HTTP method, such as `POST`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// One of the headers that are read here, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.headers;
        let value = match name {
            "accept" => &headers.accept,
            "authorization" => &headers.authorization,
            "content-type" => &headers.content_type,
            "traceparent" => &headers.traceparent,
            "tracestate" => &headers.tracestate,
            _ => return None,
        };
        value.as_deref()
    }

    /// The owner of the signature that the function URL has checked; `None` when it checks none.
    pub fn signer(&self) -> Option<&Iam> {
        self.signer.as_ref()
    }

    /// The body of a JSON request of at most `most` bytes, mended.
    pub fn into_json_text(self, most: usize) -> Result<String, Refusal> {
        self.require_json()?;
        let length = if self.is_base64_encoded {
            self.body.len() / 4 * 3
        } else {
            self.body.len()
        };
        if length > most {
            return Err(too_large(length, most));
        }
        let mut text = if self.is_base64_encoded {
            let bytes = STANDARD
                .decode(self.body)
                .map_err(|_| invalid_encoding("the body is not valid base64"))?;
            client_json::text(bytes)
                .ok_or_else(|| invalid_encoding("the body is not valid UTF-8"))?
        } else {
            self.body
        };
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        Ok(client_json::mended(text))
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

/// Where the string `literal` stands in `event`, which it is a part of, without its quotes; nowhere if
/// it is `null`. `None` for a value of another kind.
fn literal_in(event: &str, literal: &str) -> Option<std::ops::Range<usize>> {
    if literal == "null" {
        return Some(0..0);
    }
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let begin = text.as_ptr().addr().checked_sub(event.as_ptr().addr())?;
    Some(begin..begin + text.len())
}

/// The text of the string literal at `range`, in the memory of the event.
fn decoded(mut event: Vec<u8>, range: std::ops::Range<usize>) -> Option<String> {
    let begin = range.start;
    let length = client_json::unescape(event.get_mut(range)?)?;
    event.truncate(begin + length);
    event.drain(..begin);
    event.shrink_to_fit();
    String::from_utf8(event).ok()
}

fn foreign() -> Refusal {
    Refusal::new(
        400,
        "not_a_function_url_event",
        "this function is called through its function URL (payload format 2.0)",
    )
}

fn invalid_encoding(message: &str) -> Refusal {
    Refusal::new(400, "invalid_encoding", message)
}

fn too_large(length: usize, most: usize) -> Refusal {
    Refusal::new(
        413,
        "request_too_large",
        format!(
            "the body has {length} bytes; at most {most} are allowed here (the setting `body_limit_kb`)"
        ),
    )
}

/// Reads a JSON body into the type that a dialect expects, an object.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Refusal> {
    if client_json::is_object(body) {
        return serde_json::from_str(body).map_err(|error| unexpected(&error));
    }
    Err(match serde_json::from_str::<serde::de::IgnoredAny>(body) {
        Ok(_) => not_expected("invalid_request", "it is no object"),
        Err(error) => unexpected(&error),
    })
}

/// Reads a part of a JSON body, an object; `name` is the part's place in the body.
pub fn parse_part<'a, T: Deserialize<'a>>(name: &str, part: &'a str) -> Result<T, Refusal> {
    parse(part).map_err(|mut refusal| {
        refusal.message = format!("{name}: {}", refusal.message);
        refusal
    })
}

fn unexpected(error: &serde_json::Error) -> Refusal {
    let code = match error.classify() {
        serde_json::error::Category::Data => "invalid_request",
        _ => "invalid_json",
    };
    not_expected(code, &client_json::sentence(error))
}

fn not_expected(code: &'static str, sentence: &str) -> Refusal {
    Refusal::new(
        400,
        code,
        format!("the body is not as expected: {sentence}"),
    )
}

#[cfg(test)]
mod tests;
