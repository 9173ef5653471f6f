//! What AWS says when it refuses a request.

/// After somebody else has been faster.
pub(crate) const AGAIN: &str = "look with `provision plan`, then run the same command again";

/// What AWS said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}{}", request_id.as_ref().map(|id| format!(" (request id {id})")).unwrap_or_default())]
pub struct Answer {
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}
