//! A program of the developer's own in the place of the scripted runtime, asked as AgentCore asks one: `POST` of the
//! payload to `/invocations`. Or the bytes that one has sent, from a file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::route::Call;
use crate::wire::api_error::ApiError;

/// Where AgentCore asks a program of the protocol HTTP.
const PATH: &str = "/invocations";
/// What begins the place of a file.
const FILE: &str = "file:";

/// Where the answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnProgram {
    /// A program that listens.
    Listens {
        host: String,
        port: u16,
        path: String,
    },
    /// The bytes of each answer.
    Recorded(PathBuf),
}

impl FromStr for OwnProgram {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix(FILE) {
            return Ok(Self::Recorded(PathBuf::from(path)));
        }
        let wrong = || format!("`{text}` is no address such as http://127.0.0.1:8080");
        let address: Uri = text.parse().map_err(|_| wrong())?;
        if address.scheme_str() != Some("http") {
            return Err(wrong());
        }
        // An address without a path is that of the program, not of its root.
        let names_path = text.matches('/').count() > 2;
        Ok(Self::Listens {
            host: address.host().ok_or_else(wrong)?.to_owned(),
            port: address.port_u16().unwrap_or(80),
            path: match address.path_and_query() {
                Some(path) if names_path => path.to_string(),
                _ => PATH.to_owned(),
            },
        })
    }
}

impl fmt::Display for OwnProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listens { host, port, path } => write!(f, "http://{host}:{port}{path}"),
            Self::Recorded(path) => write!(f, "{FILE}{}", path.display()),
        }
    }
}

impl OwnProgram {
    /// Why nobody could be asked there now, if so.
    pub async fn absence(&self) -> Option<String> {
        let tried = match self {
            Self::Listens { host, port, .. } => {
                let host = host.trim_matches(['[', ']']);
                TcpStream::connect((host, *port)).await.map(drop)
            }
            Self::Recorded(path) => tokio::fs::read(path).await.map(drop),
        };
        tried.err().map(|error| error.to_string())
    }

    /// Answers `InvokeAgentRuntime`.
    pub(super) async fn answer(&self, call: &Call) -> Result<Response<Body>, ApiError> {
        match self {
            Self::Recorded(path) => {
                let bytes = tokio::fs::read(path).await;
                let bytes = bytes.map_err(|error| failed(format!("{self}: {error}")))?;
                let mut response = Response::new(Body::from(bytes));
                if let Some(content_type) = content_type(path) {
                    let content_type = HeaderValue::from_static(content_type);
                    response.headers_mut().insert(CONTENT_TYPE, content_type);
                }
                Ok(response)
            }
            Self::Listens { host, port, path } => self.ask(host, *port, path, call).await,
        }
    }

    async fn ask(
        &self,
        host: &str,
        port: u16,
        path: &str,
        call: &Call,
    ) -> Result<Response<Body>, ApiError> {
        let unreachable = |error: &dyn fmt::Display| failed(format!("{self}: {error}"));
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await;
        let stream = TokioIo::new(stream.map_err(|error| unreachable(&error))?);
        let (mut sender, connection) = handshake(stream)
            .await
            .map_err(|error| unreachable(&error))?;
        // Ends with the answer, or when the function leaves.
        tokio::spawn(connection);
        let mut request = Request::post(path).header(HOST, format!("{host}:{port}"));
        if let Some(headers) = request.headers_mut() {
            headers.extend(passed_on(&call.parts.headers));
        }
        let request = request.body(Full::new(call.body.clone()));
        let request = request.map_err(|error| unreachable(&error))?;
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| unreachable(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(failed(format!(
                "Received error ({}) from runtime. Please check your CloudWatch logs for more information.",
                status.as_u16()
            )));
        }
        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        let mut answer = Response::new(Body::new(response.into_body()));
        if let Some(content_type) = content_type {
            answer.headers_mut().insert(CONTENT_TYPE, content_type);
        }
        Ok(answer)
    }
}

/// What AWS says where a program fails: its side is the program's.
fn failed(message: String) -> ApiError {
    let status = StatusCode::FAILED_DEPENDENCY;
    ApiError::new(status, "RuntimeClientError", message)
}

/// The headers of a call that AgentCore gives to the program: no signature, and nothing of the connection.
fn passed_on(headers: &HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let is_passed_on = |name: &HeaderName| {
        let others = ["traceparent", "tracestate", "baggage", "x-amzn-trace-id"];
        *name == CONTENT_TYPE
            || *name == ACCEPT
            || name.as_str().starts_with("x-amzn-bedrock-agentcore-")
            || others.contains(&name.as_str())
    };
    let passed_on = headers.iter().filter(move |(name, _)| is_passed_on(name));
    passed_on.map(|(name, value)| (name.clone(), value.clone()))
}

/// By the name of a file; without a known one it is for the function to find out.
fn content_type(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "sse" => Some("text/event-stream"),
        "json" => Some("application/json"),
        "jsonl" | "ndjson" => Some("application/x-ndjson"),
        "txt" => Some("text/plain"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_path_is_asked_as_agentcore_asks() {
        for (text, read) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/invocations"),
            ("http://localhost", "http://localhost:80/invocations"),
            ("http://[::1]:9000/", "http://[::1]:9000/"),
            ("http://127.0.0.1:1/a?b=c", "http://127.0.0.1:1/a?b=c"),
            ("file:answer.sse", "file:answer.sse"),
        ] {
            let program: OwnProgram = text.parse().unwrap();
            assert_eq!(program.to_string(), read);
        }
        for text in [
            "",
            "scripte",
            "127.0.0.1:8080",
            "https://127.0.0.1",
            "http://",
        ] {
            assert!(text.parse::<OwnProgram>().is_err(), "{text}");
        }
    }
}
