//! What AWS says when it refuses a request.

/// What to do after another run has come in between.
pub(crate) const AGAIN: &str = "look with `provision plan`, then run the same command again";

/// The refusal: AWS's code, its message and the id of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}{}", request_id.as_ref().map(|id| format!(" (request id {id})")).unwrap_or_default())]
pub struct Answer {
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}
