//! What a request wants, by method, path and `Accept`.

use crate::dialect::Kind;
use crate::refusal::Refusal;
use crate::request::event::FunctionUrlEvent;

/// What a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// An answer in a dialect.
    Ask(Kind),
    /// `GET /healthz`: the function runs; no agent is asked.
    Health,
    /// `GET /openai/v1/models`: the names of the agents.
    Models,
}

/// Finds the route of a request.
pub(super) fn route(event: &FunctionUrlEvent) -> Result<Route, Refusal> {
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
    let actual = event.method();
    if actual == method || (method == "GET" && actual == "HEAD") {
        return Ok(route);
    }
    Err(Refusal::new(
        405,
        "method_not_allowed",
        format!("use {method}"),
    ))
}

/// The dialect in `Accept: text/event-stream; dialect=ag-ui`, for clients that can't change the path.
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
