//! The refusals that several operations share.

use crate::wire::api_error::ApiError;

pub(super) fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("InvalidParameterException", message)
}

pub(super) fn not_found(message: &str) -> ApiError {
    ApiError::bad_request("ResourceNotFoundException", message)
}
