//! `Invoke`: run a function, wait for all of its answer.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{Response, StatusCode};
use serde_json::json;

use super::invocation::{Answer, FunctionError};
use super::invoker::Invoker;
use crate::account::Account;
use crate::route::Call;
use crate::services::lambda::Admission;
use crate::services::lambda::Executable;
use crate::wire::api_error::ApiError;

const EVENT_LIMIT: usize = 6_291_456;
/// The limit of an answer: the same, and a little for the envelope, as the Runtime API counts.
const ANSWER_LIMIT: usize = 6_291_556;

pub(super) const EXECUTED_VERSION: &str = "x-amz-executed-version";

/// An invocation that may begin.
pub(super) struct Invocation {
    pub(super) executable: Arc<Executable>,
    pub(super) event: Bytes,
    pub(super) admission: Admission,
}

/// Everything that can be refused before the function runs.
pub(super) fn admit(account: &Account, call: &Call) -> Result<Invocation, ApiError> {
    for header in [
        "x-amz-client-context",
        "x-amz-tenant-id",
        "x-amz-durable-execution-name",
    ] {
        if call.header(header).is_some() {
            return Err(ApiError::not_emulated(format!(
                "`{header}` of {}",
                call.name()
            )));
        }
    }
    if call.header("x-amz-log-type").is_some_and(|it| it != "None") {
        return Err(ApiError::not_emulated(format!(
            "log tails in answers of {}",
            call.name()
        )));
    }
    if call.body.len() > EVENT_LIMIT {
        return Err(ApiError::too_large(
            "RequestTooLargeException",
            format!(
                "{} byte payload is too large for the RequestResponse invocation type (limit \
                 {EVENT_LIMIT} bytes)",
                call.body.len()
            ),
        ));
    }
    let event = if call.body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        call.body.clone()
    };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&event) {
        return Err(ApiError::bad_request(
            "InvalidRequestContentException",
            format!("Could not parse request body into json: {error}"),
        ));
    }
    let name = call.function(&account.scope())?;
    let executable = account.executable(&name.name, name.qualifier.as_deref())?;
    let admission = account.admit(&name.name)?;
    Ok(Invocation {
        executable: Arc::new(executable),
        event,
        admission,
    })
}

pub(crate) async fn invoke(
    account: &Account,
    invoker: &Invoker,
    call: &Call,
) -> Result<Response<Body>, ApiError> {
    let Invocation {
        executable,
        event,
        admission,
    } = admit(account, call)?;
    let version = executable.version.clone();
    match call.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => {
            let outcome = match invoker.invoke(executable, event).await {
                Ok(answer) => collect(answer).await,
                Err(error) => Err(error),
            };
            drop(admission);
            Ok(answer(&version, outcome))
        }
        Some("Event") => {
            let invoker = invoker.clone();
            // Nobody waits for the answer: only the log shows how it went, as on AWS.
            tokio::spawn(async move {
                if let Ok(answer) = invoker.invoke(executable, event).await {
                    let _ = collect(answer).await;
                }
                drop(admission);
            });
            Ok(empty(StatusCode::ACCEPTED))
        }
        Some("DryRun") => Ok(empty(StatusCode::NO_CONTENT)),
        Some(other) => Err(ApiError::constraint(
            other,
            "invocationType",
            "satisfy enum value set: [Event, RequestResponse, DryRun]",
        )),
    }
}

/// The whole answer. It is read to its end even if it is too large, as on AWS, where the function does
/// not notice.
async fn collect(mut answer: Answer) -> Result<Bytes, FunctionError> {
    let mut body = BytesMut::new();
    let mut too_large = false;
    while let Some(chunk) = answer.body.recv().await {
        let chunk = chunk?;
        too_large = too_large || body.len() + chunk.len() > ANSWER_LIMIT;
        if !too_large {
            body.extend_from_slice(&chunk);
        }
    }
    if too_large {
        return Err(FunctionError {
            error_type: "Function.ResponseSizeTooLarge".to_owned(),
            error_message: format!(
                "Response payload size exceeded maximum allowed payload size ({ANSWER_LIMIT} \
                 bytes)."
            ),
        });
    }
    Ok(body.freeze())
}

fn answer(version: &str, outcome: Result<Bytes, FunctionError>) -> Response<Body> {
    let failed = outcome.is_err();
    let body = outcome.unwrap_or_else(|error| {
        let document = json!({
            "errorType": error.error_type,
            "errorMessage": error.error_message,
        });
        document.to_string().into()
    });
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    if failed {
        headers.insert(
            "x-amz-function-error",
            http::HeaderValue::from_static("Unhandled"),
        );
    }
    insert_version(&mut response, version);
    response
}

/// `$LATEST` or a number: always a legal header.
pub(super) fn insert_version(response: &mut Response<Body>, version: &str) {
    if let Ok(version) = http::HeaderValue::from_str(version) {
        response.headers_mut().insert(EXECUTED_VERSION, version);
    }
}

pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
