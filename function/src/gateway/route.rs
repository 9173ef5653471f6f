//! What a request wants, by method, path and `Accept`.

use crate::dialect::Kind;
use crate::refusal::Refusal;
use crate::request::event::FunctionUrlEvent;

/// What a request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// An answer in a dialect.
    Ask(Kind),
    /// `GET /healthz`: the function runs; no agent is asked.
    Health,
    /// `GET /openai/v1/models`: the names of the agents.
    Models,
    /// `GET /openai/v1/models/{name}`: one of them.
    Model(String),
}

/// The longest path that leads somewhere has four names; one more makes the difference.
const MOST_NAMES: usize = 5;

/// Finds the route of a request.
pub(super) fn route(event: &FunctionUrlEvent) -> Result<Route, Refusal> {
    let names: Vec<_> = names(event).take(MOST_NAMES).collect();
    let (route, is_post) = match names.as_slice() {
        [] => (Route::Ask(accepted(event)?), true),
        ["ai-sdk"] => (Route::Ask(Kind::AiSdk), true),
        ["ag-ui"] => (Route::Ask(Kind::AgUi), true),
        ["openai", "v1", "chat", "completions"] => (Route::Ask(Kind::OpenAi), true),
        ["openai", "v1", "models"] => (Route::Models, false),
        ["openai", "v1", "models", name] => (Route::Model((*name).to_owned()), false),
        ["healthz"] => (Route::Health, false),
        _ => {
            return Err(Refusal::new(
                404,
                "not_found",
                "there is `POST` to `/`, `/ai-sdk`, `/ag-ui` and `/openai/v1/chat/completions`, \
                 and `GET` of `/openai/v1/models` and `/healthz`",
            ));
        }
    };
    match (event.method(), is_post) {
        ("POST", true) | ("GET" | "HEAD", false) => Ok(route),
        (_, true) => Err(other_method("POST")),
        (_, false) => Err(other_method("GET, HEAD")),
    }
}

/// The kind of client that calls a path, whether or not the path leads somewhere: it reads why it is
/// refused in its own protocol.
pub(super) fn kind(event: &FunctionUrlEvent) -> Kind {
    match names(event).next() {
        Some("ai-sdk") => Kind::AiSdk,
        Some("ag-ui") => Kind::AgUi,
        Some("openai") => Kind::OpenAi,
        _ => accepted(event).unwrap_or(Kind::Magi),
    }
}

/// The names in a path. Slashes at its end and twice in a row mean nothing: a client puts its own path
/// behind a URL that ends in one.
fn names(event: &FunctionUrlEvent) -> impl Iterator<Item = &str> {
    event.path().split('/').filter(|name| !name.is_empty())
}

fn other_method(allow: &'static str) -> Refusal {
    let mut refusal = Refusal::new(405, "method_not_allowed", format!("use {allow}"));
    refusal.allow = Some(allow);
    refusal
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
