//! The answers of AWS when something goes wrong: each service has codes and statuses of its own.

use axum::body::{Body, to_bytes};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::rules::Fault;
use crate::scope::ACCOUNT_ID;
use crate::wire::api_error::ApiError;

/// More than any answer about a function, which is a few kilobytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// The refusal that a fault consists of, if it is one.
pub(crate) fn refusal(fault: &Fault, operation: &str) -> Option<ApiError> {
    let is_lambda = operation.starts_with("lambda:");
    let is_iam = operation.starts_with("iam:") || operation.starts_with("sts:");
    Some(match fault {
        Fault::Throttled if is_lambda => ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            "Rate exceeded",
        ),
        Fault::Throttled if is_iam => ApiError::bad_request("Throttling", "Rate exceeded"),
        Fault::Throttled => ApiError::bad_request("ThrottlingException", "Rate exceeded"),
        Fault::Status { status } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let code = match (is_lambda, is_iam) {
                (true, _) => "ServiceException",
                (_, true) if status == StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailable",
                (_, true) => "ServiceFailure",
                _ => "ServiceUnavailableException",
            };
            ApiError::new(
                status,
                code,
                "An error occurred and the request cannot be processed.",
            )
        }
        Fault::AccessDenied => {
            let message = format!(
                "User: arn:aws:iam::{ACCOUNT_ID}:user/developer is not authorized to perform: \
                 {operation} because no identity-based policy allows the {operation} action"
            );
            if is_iam || is_lambda {
                let code = if is_iam {
                    "AccessDenied"
                } else {
                    "AccessDeniedException"
                };
                ApiError::forbidden(code, message)
            } else {
                ApiError::bad_request("AccessDeniedException", message)
            }
        }
        Fault::InProgress => ApiError::resource_conflict(
            "The operation cannot be performed at this time. An update is in progress for resource",
        ),
        Fault::RoleNotAssumable => ApiError::invalid_parameter_value(
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        Fault::Failed { .. }
        | Fault::Slow { .. }
        | Fault::ResetBefore
        | Fault::ResetAfter
        | Fault::HoldBefore
        | Fault::HoldAfter => return None,
    })
}

/// The answer, changed so that the function in it has failed.
pub(crate) async fn failed(
    answer: Response<Body>,
    update: bool,
    reason_code: &str,
) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let body = to_bytes(body, LONGEST_ANSWER).await.unwrap_or_default();
    let Ok(mut members) = serde_json::from_slice::<Value>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    let configuration = if members.get("Configuration").is_some() {
        &mut members["Configuration"]
    } else {
        &mut members
    };
    let names = if update {
        [
            "LastUpdateStatus",
            "LastUpdateStatusReason",
            "LastUpdateStatusReasonCode",
        ]
    } else {
        ["State", "StateReason", "StateReasonCode"]
    };
    for (name, value) in names
        .into_iter()
        .zip(["Failed", "A fault on demand", reason_code])
    {
        configuration[name] = json!(value);
    }
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(members.to_string()))
}
