//! How `OpenAI`'s clients are told that something failed: one object, before the answer or in it.

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::agent::Failure;
use crate::dialect::{Head, whole};
use crate::request::Refusal;

#[derive(Serialize)]
pub(super) struct Failed<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Always there, as in `OpenAI`'s own.
    param: Option<&'static str>,
    code: &'a str,
}

impl<'a> Failed<'a> {
    pub(super) fn new(failure: Failure) -> Self {
        let error = Error {
            message: failure.message(),
            kind: kind(status(failure)),
            param: None,
            code: failure.code(),
        };
        Self { error }
    }

    pub(super) fn refused(refusal: &'a Refusal) -> Self {
        // Agents are this protocol's models.
        let code = match refusal.code {
            "unknown_agent" => "model_not_found",
            other => other,
        };
        let status = StatusCode::from_u16(refusal.status);
        let error = Error {
            message: &refusal.message,
            kind: kind(status.unwrap_or(StatusCode::BAD_REQUEST)),
            param: (code == "model_not_found").then_some("model"),
            code,
        };
        Self { error }
    }
}

fn kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    }
}

/// The status that fits an answer of which nothing has been sent yet.
fn status(failure: Failure) -> StatusCode {
    match failure {
        Failure::Rejected => StatusCode::BAD_REQUEST,
        Failure::SessionBusy => StatusCode::CONFLICT,
        Failure::Throttled | Failure::QuotaExceeded => StatusCode::TOO_MANY_REQUESTS,
        Failure::ModelNotReady => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Idle | Failure::Deadline => StatusCode::GATEWAY_TIMEOUT,
        Failure::DependencyFailed
        | Failure::AgentFailed
        | Failure::AgentUnavailable
        | Failure::ConnectionLost
        | Failure::Empty => StatusCode::BAD_GATEWAY,
        Failure::AccessDenied | Failure::AgentNotFound | Failure::Internal => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// The head of an answer that failed, `begun` when the agent had been heard already.
///
/// `OpenAI`'s clients ask again by themselves on most of these statuses. A run is not idempotent,
/// so they may only where none can have begun.
pub(super) fn head(failure: Failure, begun: bool) -> Head {
    let none_began = matches!(
        failure,
        Failure::Throttled | Failure::SessionBusy | Failure::ModelNotReady
    ) && !begun;
    let retry = if none_began { "true" } else { "false" };
    let mut head = whole(status(failure), "application/json");
    head.headers.insert(
        HeaderName::from_static("x-should-retry"),
        HeaderValue::from_static(retry),
    );
    head
}
