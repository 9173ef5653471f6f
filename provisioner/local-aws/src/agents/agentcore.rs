//! What AgentCore's operations have in common: who is asked, in which session.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use super::{Agents, harness, runtime};
use crate::account::Scope;
use crate::api_error::{ApiError, constraint};
use crate::scenario::Deployed;

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
        return answer;
    }
    if let Some(answer) = harness::handle(agents, request, scope).await {
        return answer;
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
) -> Result<(), ApiError> {
    if deployed.iter().any(|it| it.arn(kind, scope) == arn) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        format!("No {kind} found with ARN '{arn}'"),
    ))
}

/// The session id of a request, if it has one; AWS makes one up where it is missing.
pub(super) fn session_id(
    headers: &HeaderMap,
    longest: usize,
) -> Result<Option<HeaderValue>, ApiError> {
    let Some(id) = headers.get(SESSION_ID) else {
        return Ok(None);
    };
    if (SHORTEST..=longest).contains(&id.len()) {
        return Ok(Some(id.clone()));
    }
    let id = String::from_utf8_lossy(id.as_bytes());
    let rule = format!("have length between {SHORTEST} and {longest}");
    Err(invalid(constraint(id, "runtimeSessionId", rule)))
}

/// What AWS says to a request that makes no sense.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("ValidationException", message)
}
