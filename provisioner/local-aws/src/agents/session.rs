//! What AgentCore's operations have in common: who is asked, in which session.

use http::{HeaderMap, HeaderValue, StatusCode};

use crate::scenario::Deployed;
use crate::scope::Scope;
use crate::wire::api_error::{ApiError, constraint};

/// The header that carries a session's id, in requests and in answers.
pub(super) const SESSION_ID: &str = "x-amzn-bedrock-agentcore-runtime-session-id";

/// The shortest session id.
const SHORTEST: usize = 33;

/// The one of `deployed` in this account and Region that has this ARN.
pub(super) fn find<'a>(
    kind: &str,
    arn: &str,
    deployed: &'a [Deployed],
    scope: &Scope<'_>,
) -> Result<&'a Deployed, ApiError> {
    let found = deployed.iter().find(|it| it.arn(kind, scope) == arn);
    found.ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            format!("No {kind} found with ARN '{arn}'"),
        )
    })
}

/// The session id of a request, if it has one; AWS makes one up where it is missing.
pub(super) fn id(headers: &HeaderMap, longest: usize) -> Result<Option<HeaderValue>, ApiError> {
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

/// AWS's refusal of a malformed request.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("ValidationException", message)
}
