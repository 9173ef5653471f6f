//! What IAM says when it refuses.

use http::StatusCode;

use crate::wire::api_error::ApiError;

/// Something that is asked for does not exist.
pub(super) fn no_such_entity(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}
