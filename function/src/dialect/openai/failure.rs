//! Failures as `OpenAI`'s clients read them: one object, before the answer or inside it.

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::agent::Failure;
use crate::dialect::stream::{Head, whole};
use crate::refusal::Refusal;

#[derive(Serialize)]
pub(super) struct Failed<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `null` if absent, as in `OpenAI`'s own errors.
    param: Option<&'static str>,
    code: &'a str,
}

impl<'a> Failed<'a> {
    pub(super) fn new(failure: Failure) -> Self {
        let error = Error {
            message: failure.describe().message,
            kind: kind(status(failure)),
            param: None,
            code: failure.code(),
        };
        Self { error }
    }

    pub(super) fn refused(refusal: &'a Refusal) -> Self {
        // In this protocol an agent is a model.
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

/// The status of an answer that failed before anything was sent.
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

/// What is known of the agent's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    MayNotHaveBegun,
    HasBegun,
}

/// The head of an answer that failed.
///
/// `OpenAI`'s clients ask again by themselves on most of these statuses. A run is not idempotent, so
/// they may do so only where none can have begun.
pub(super) fn head(failure: Failure, run: Run) -> Head {
    let refuses_the_call = matches!(
        failure,
        Failure::Throttled | Failure::SessionBusy | Failure::ModelNotReady
    );
    let retry = match run {
        Run::MayNotHaveBegun if refuses_the_call => "true",
        Run::MayNotHaveBegun | Run::HasBegun => "false",
    };
    let mut head = whole(status(failure), "application/json");
    head.headers.insert(
        HeaderName::from_static("x-should-retry"),
        HeaderValue::from_static(retry),
    );
    head
}
