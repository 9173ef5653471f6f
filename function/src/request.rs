//! What a caller of the function URL wants. Every 4xx is born below this module or in
//! [`authorize`](crate::authorize).

pub mod event;
pub mod question;

use crate::dialect::Kind;
use event::FunctionUrlEvent;

/// What a caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A question, answered in a dialect.
    Ask(Kind),
    /// `GET /healthz`: the function runs; no agent is asked.
    Health,
    /// `GET /openai/v1/models`: the names of the agents.
    Models,
}

/// An HTTP error that is told before any stream begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people; may quote the request, so it is never logged.
    pub message: String,
    /// For the log: which check failed.
    pub reason: Option<&'static str>,
}

impl Refusal {
    /// A refusal with an HTTP status, a stable code and a sentence.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            reason: None,
        }
    }

    /// The `www-authenticate` header that a 401 must have: RFC 6750, section 3.
    pub fn challenge(&self) -> Option<&'static str> {
        match self.code {
            "invalid_token" => Some(r#"Bearer error="invalid_token""#),
            _ if self.status == 401 => Some("Bearer"),
            _ => None,
        }
    }
}

/// Finds out what is wanted, by method, path and `Accept`.
pub fn route(event: &FunctionUrlEvent) -> Result<Route, Refusal> {
    let (route, method) = match event.path() {
        "" | "/" => (Route::Ask(accepted(event)?), "POST"),
        "/ai-sdk" => (Route::Ask(Kind::AiSdk), "POST"),
        "/ag-ui" => (Route::Ask(Kind::AgUi), "POST"),
        "/openai/v1/chat/completions" => (Route::Ask(Kind::OpenAi), "POST"),
        "/openai/v1/models" => (Route::Models, "GET"),
        "/healthz" => (Route::Health, "GET"),
        _ => {
            return Err(Refusal::new(
                404,
                "not_found",
                "there is `POST` to `/`, `/ai-sdk`, `/ag-ui` and `/openai/v1/chat/completions`, \
                 and `GET` of `/openai/v1/models` and `/healthz`",
            ));
        }
    };
    let asked = event.method();
    if asked == method || (method == "GET" && asked == "HEAD") {
        return Ok(route);
    }
    Err(Refusal::new(
        405,
        "method_not_allowed",
        format!("use {method}"),
    ))
}

/// `Accept: text/event-stream; dialect=ag-ui` chooses a dialect where the path can't.
fn accepted(event: &FunctionUrlEvent) -> Result<Kind, Refusal> {
    let accept = event.header("accept").unwrap_or_default();
    let named = accept
        .split([',', ';'])
        .find_map(|part| part.trim().strip_prefix("dialect="));
    match named.map(|name| name.trim_matches('"')) {
        None | Some("magi") => Ok(Kind::Magi),
        Some("ai-sdk") => Ok(Kind::AiSdk),
        Some("ag-ui") => Ok(Kind::AgUi),
        Some("openai") => Ok(Kind::OpenAi),
        Some(_) => Err(Refusal::new(
            406,
            "not_acceptable",
            "`dialect` in `accept` is none of: magi, ai-sdk, ag-ui, openai",
        )),
    }
}

#[cfg(test)]
mod tests;
