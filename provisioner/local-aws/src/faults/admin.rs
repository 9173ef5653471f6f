//! The rules from outside, on a path that no AWS API has.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::json;

use super::rules::{Faults, Rule};

/// The path of the rules.
pub(crate) const PATH: &str = "/_local/faults";
/// The path of a set of rules.
pub(crate) const SET: &str = "/_local/faults/{set}";

const JSON: &str = "application/json";

/// What the rules are, with how often each has struck.
pub(crate) fn show(faults: &Faults, set: &str) -> Response<String> {
    let rules = json!(faults.shown(set)).to_string();
    answer(StatusCode::OK, rules)
}

/// Replaces the rules. Only with a content type that a page in a browser cannot send unasked.
pub(crate) fn replace(
    faults: &Faults,
    set: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<String> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes() == JSON.as_bytes());
    if !is_json {
        let message = json!({ "message": format!("send {JSON}") });
        return answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_string());
    }
    match serde_json::from_slice::<Vec<Rule>>(body) {
        Ok(rules) => {
            faults.replace(set, rules);
            show(faults, set)
        }
        Err(error) => answer(
            StatusCode::BAD_REQUEST,
            json!({ "message": error.to_string() }).to_string(),
        ),
    }
}

fn answer(status: StatusCode, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(JSON));
    response
}
