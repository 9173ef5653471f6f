//! Turns a function's answer into an HTTP answer: a stream behind its prelude, an opaque body, or
//! the JSON envelope of a buffered function.

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::body::AnswerBody;
use super::prelude::{self, Prelude, PreludeError, PreludeParser};
use super::refusal::Refusal;
use crate::running::invocation::Answer;
use crate::services::lambda::{Admission, InvokeMode};

/// With this content type the runtime announces a prelude.
const WITH_PRELUDE: &str = "application/vnd.awslambda.http-integration-response";

/// Headers that the service itself sends; those of the function go out under another name.
const RESERVED: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::DATE,
    header::SERVER,
    header::TRANSFER_ENCODING,
];

/// An answer that streams, or one that is whole.
#[derive(Debug)]
pub(super) enum HttpAnswer {
    Stream(Response<AnswerBody>),
    Whole(Response<Bytes>),
}

impl HttpAnswer {
    pub(super) fn headers_mut(&mut self) -> &mut HeaderMap {
        match self {
            Self::Stream(response) => response.headers_mut(),
            Self::Whole(response) => response.headers_mut(),
        }
    }
}

pub(super) async fn outgoing(
    answer: Answer,
    mode: InvokeMode,
    admission: Admission,
) -> Result<HttpAnswer, Refusal> {
    let content_type = answer.content_type.clone();
    let has_prelude = answer.streaming && content_type.as_deref() == Some(WITH_PRELUDE);
    match mode {
        InvokeMode::ResponseStream if has_prelude => {
            streamed(answer, admission).await.map(HttpAnswer::Stream)
        }
        // Delivered verbatim, even if it is the envelope of a buffered function.
        InvokeMode::ResponseStream => {
            let mut response = Response::new(AnswerBody::new(Bytes::new(), answer.body, admission));
            let content_type = content_type
                .and_then(|it| HeaderValue::from_str(&it).ok())
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, content_type);
            Ok(HttpAnswer::Stream(response))
        }
        InvokeMode::Buffered => {
            let whole = collect(answer).await?;
            drop(admission);
            let response = if has_prelude {
                behind_prelude(&whole)
            } else {
                enveloped(&whole)
            };
            response
                .map(HttpAnswer::Whole)
                .map_err(|_| Refusal::BadAnswer)
        }
    }
}

/// Waits for the head only.
async fn streamed(
    mut answer: Answer,
    admission: Admission,
) -> Result<Response<AnswerBody>, Refusal> {
    let mut parser = PreludeParser::default();
    let found = loop {
        let Some(Ok(chunk)) = answer.body.recv().await else {
            return Err(Refusal::BadAnswer);
        };
        match parser.push(&chunk) {
            Ok(None) => {}
            Ok(Some(found)) => break Some(found),
            Err(_) => break None,
        }
    };
    let Some((prelude, begun)) = found else {
        // The function runs to its end, as with any other answer.
        drop(AnswerBody::new(Bytes::new(), answer.body, admission));
        return Err(Refusal::BadAnswer);
    };
    let body = AnswerBody::new(begun, answer.body, admission);
    Ok(respond(prelude.status, prelude.headers, body))
}

async fn collect(mut answer: Answer) -> Result<Bytes, Refusal> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = answer.body.recv().await {
        let chunk = chunk.map_err(|_| Refusal::BadAnswer)?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn behind_prelude(whole: &[u8]) -> Result<Response<Bytes>, PreludeError> {
    let (Prelude { status, headers }, body) = PreludeParser::default()
        .push(whole)?
        .ok_or(PreludeError::Unfinished)?;
    Ok(respond(status, headers, body))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    status_code: Value,
    headers: Option<Map<String, Value>>,
    multi_value_headers: Option<Map<String, Value>>,
    cookies: Option<Vec<String>>,
    body: Option<Value>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Payload format 2.0. JSON without a status code is itself the body.
fn enveloped(whole: &[u8]) -> Result<Response<Bytes>, PreludeError> {
    let bad = |_| PreludeError::NotJson("neither an envelope nor JSON".to_owned());
    let document: Value = serde_json::from_slice(whole).map_err(bad)?;
    if document.get("statusCode").is_none() {
        let body = match document {
            Value::String(text) => text,
            document => document.to_string(),
        };
        return Ok(respond(StatusCode::OK, json_type(), body.into()));
    }
    let envelope: Envelope = serde_json::from_value(document).map_err(bad)?;
    let code = match &envelope.status_code {
        Value::String(text) => text.parse().ok(),
        code => code.as_u64(),
    };
    let code = code.unwrap_or_default();
    let status = u16::try_from(code)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or(PreludeError::Status(code))?;
    let mut headers = HeaderMap::new();
    for named in [envelope.headers, envelope.multi_value_headers] {
        prelude::append(&mut headers, named.unwrap_or_default())?;
    }
    for cookie in envelope.cookies.unwrap_or_default() {
        let unusable = |_| PreludeError::Header(header::SET_COOKIE.to_string());
        let cookie = HeaderValue::from_str(&cookie).map_err(unusable)?;
        headers.append(header::SET_COOKIE, cookie);
    }
    for (name, value) in &json_type() {
        headers.entry(name).or_insert(value.clone());
    }
    let body = match envelope.body.unwrap_or_default() {
        Value::Null => Bytes::new(),
        Value::String(text) if envelope.is_base64_encoded => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            let bad = |_| PreludeError::NotJson("a body that is not base64".to_owned());
            decoded.map_err(bad)?.into()
        }
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    };
    Ok(respond(status, headers, body))
}

fn json_type() -> HeaderMap {
    let json = HeaderValue::from_static("application/json");
    HeaderMap::from_iter([(header::CONTENT_TYPE, json)])
}

fn respond<B>(status: StatusCode, headers: HeaderMap, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let mut name = None;
    for (next, value) in headers {
        // A repeated header has its name only the first time.
        name = next.or(name);
        let Some(name) = name.clone() else { continue };
        let name = if RESERVED.contains(&name) {
            remapped(&name)
        } else {
            name
        };
        response.headers_mut().append(name, value);
    }
    response
}

fn remapped(name: &HeaderName) -> HeaderName {
    // A legal name with this prefix is still legal.
    HeaderName::try_from(format!("x-amzn-remapped-{name}")).unwrap_or_else(|_| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(response: Response<Bytes>) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let status = response.status().as_u16();
        (status, headers, response.into_body().to_vec())
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn an_envelope_is_unpacked() {
        let whole = br#"{"statusCode":"201","headers":{"x-a":"1","server":"mine"},
            "cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true}"#;

        let (status, mut headers, body) = told(enveloped(whole).unwrap());

        headers.sort();
        assert_eq!(status, 201);
        assert_eq!(
            headers,
            [
                header("content-type", "application/json"),
                header("set-cookie", "a=1"),
                header("set-cookie", "b=2"),
                header("x-a", "1"),
                header("x-amzn-remapped-server", "mine"),
            ]
        );
        assert_eq!(body, b"hi");
    }

    #[test]
    fn json_without_a_status_code_is_the_body() {
        for (whole, body) in [
            (r#"{"answer": 42}"#, r#"{"answer":42}"#),
            (r#""賛成""#, "賛成"),
            ("[1]", "[1]"),
            ("null", "null"),
        ] {
            let response = enveloped(whole.as_bytes()).unwrap();
            let expected = vec![header("content-type", "application/json")];
            assert_eq!(told(response), (200, expected, body.as_bytes().to_vec()));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for whole in [
            "",
            "not json",
            r#"{"statusCode":"many"}"#,
            r#"{"statusCode":99}"#,
            r#"{"statusCode":200,"headers":[]}"#,
            r#"{"statusCode":200,"body":"!","isBase64Encoded":true}"#,
        ] {
            assert!(enveloped(whole.as_bytes()).is_err(), "{whole}");
        }
    }
}
