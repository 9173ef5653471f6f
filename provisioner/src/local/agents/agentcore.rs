//! What AgentCore's operations have in common: who is asked, in which session.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};

use super::{Agents, error, harness, runtime};
use crate::local::account::Scope;
use crate::local::api_error::ApiError;
use crate::local::scenario::Deployed;

/// The header that carries a session's id, there and back.
pub(super) const SESSION_ID: &str = "x-amzn-bedrock-agentcore-runtime-session-id";

/// The shortest session id.
const SHORTEST: usize = 33;

/// Answers a request to the service `bedrock-agentcore`.
pub(crate) async fn handle(
    agents: &Agents,
    request: &Request<Bytes>,
    scope: &Scope<'_>,
) -> Result<Response<Body>, ApiError> {
    if let Some(answer) = runtime::handle(agents, request, scope).await {
        return Ok(answer);
    }
    if let Some(answer) = harness::handle(agents, request, scope).await {
        return Ok(answer);
    }
    let (method, path) = (request.method(), request.uri().path());
    Err(ApiError::not_emulated(format!(
        "bedrock-agentcore: {method} {path}"
    )))
}

/// Checks that `arn` names one of `deployed`, here.
pub(super) fn find(
    kind: &str,
    arn: &str,
    deployed: &[Deployed],
    scope: &Scope<'_>,
) -> Result<(), Response<Body>> {
    if deployed.iter().any(|it| it.arn(kind, scope) == arn) {
        return Ok(());
    }
    let message = format!("No {kind} found with ARN '{arn}'");
    Err(error(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        &message,
    ))
}

/// The session id of a request, if it has one; AWS makes one up where it is missing.
pub(super) fn session_id(
    headers: &HeaderMap,
    longest: usize,
) -> Result<Option<String>, Response<Body>> {
    let Some(id) = headers.get(SESSION_ID) else {
        return Ok(None);
    };
    let id = id.to_str().unwrap_or_default();
    if (SHORTEST..=longest).contains(&id.len()) {
        return Ok(Some(id.to_owned()));
    }
    Err(invalid(&format!(
        "1 validation error detected: Value at 'runtimeSessionId' failed to satisfy constraint: \
         Member must have length between {SHORTEST} and {longest}"
    )))
}

/// What AWS says to a request that makes no sense.
pub(super) fn invalid(message: &str) -> Response<Body> {
    error(StatusCode::BAD_REQUEST, "ValidationException", message)
}
