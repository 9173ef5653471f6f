//! Lets a fault happen to one request: before it is handled, instead, or to its answer.

use std::time::Duration;

use axum::body::Body;
use http::{Response, header};

use super::answers::{failed, refusal};
use super::connection::Cut;
use super::rules::{Fault, Faults};
use crate::route::Call;
use crate::wire::api_error::ApiError;

/// A fault, and the operation that it happens to.
#[derive(Debug)]
pub(crate) struct Strike {
    fault: Fault,
    operation: String,
}

impl Faults {
    /// What happens to this call.
    pub(crate) fn against(&self, call: &Call) -> Option<Strike> {
        if self.is_empty() {
            return None;
        }
        let operation = call.name();
        let user_agent = call.parts.headers.get(header::USER_AGENT);
        let texts: [&[u8]; 3] = [
            call.parts.uri.path().as_bytes(),
            &call.body,
            user_agent.map_or(b"", |agent| agent.as_bytes()),
        ];
        let fault = self.strike(&operation, &texts)?;
        Some(Strike { fault, operation })
    }
}

/// Handles a request, with what happens to it.
pub(crate) async fn around(
    strike: Option<Strike>,
    cut: &Cut,
    handled: impl Future<Output = Result<Response<Body>, ApiError>>,
) -> Result<Response<Body>, ApiError> {
    let Some(Strike { fault, operation }) = strike else {
        return handled.await;
    };
    if let Some(refusal) = refusal(&fault, &operation) {
        return Err(refusal);
    }
    match fault {
        Fault::ResetBefore => {
            cut.cut();
            Ok(Response::new(Body::empty()))
        }
        Fault::ResetAfter => {
            let answer = handled.await;
            cut.cut();
            answer
        }
        // Dropped with the connection, when the client leaves.
        Fault::HoldBefore => std::future::pending().await,
        Fault::HoldAfter => {
            let _ = handled.await;
            std::future::pending().await
        }
        Fault::Slow { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            handled.await
        }
        Fault::Failed {
            update,
            reason_code,
        } => Ok(failed(handled.await?, update, &reason_code).await),
        // `refusal` has answered these.
        Fault::Throttled
        | Fault::Status { .. }
        | Fault::AccessDenied
        | Fault::InProgress
        | Fault::RoleNotAssumable => handled.await,
    }
}
