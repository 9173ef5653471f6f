//! Policy documents: how an answer carries them, and which of them IAM takes.

use crate::wire::api_error::ApiError;

/// A policy document as XML carries it.
pub(super) fn encode_document(document: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(document, RESERVED).to_string()
}

/// Refuses a document that IAM could not have read.
pub(super) fn check_document(document: &str, message: &str) -> Result<(), ApiError> {
    match serde_json::from_str::<serde_json::Value>(document) {
        Ok(value) if value.get("Statement").is_some() => Ok(()),
        Ok(_) => Err(ApiError::bad_request(
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )),
        Err(_) => Err(ApiError::bad_request("MalformedPolicyDocument", message)),
    }
}

/// The items of a list; a policy may write a list of one without brackets.
pub(crate) fn one_or_many(value: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
        .iter()
}
