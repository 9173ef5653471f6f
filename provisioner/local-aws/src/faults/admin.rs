//! The rules from outside, on a path that no AWS API has, for whoever has started this local AWS: signed
//! with the developer's key, for a service of its own.

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use serde_json::json;

use super::rules::{Faults, Rule};
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;

/// The service that the signature is for.
pub(crate) const SERVICE: &str = "local-aws";

/// The path of the rules; that of a set of rules goes on with its name.
const PATH: &str = "/_local/faults";

/// Shows the rules (GET) or replaces them (POST).
pub(crate) fn handle(
    faults: &Faults,
    caller: &AccessKey,
    parts: &Parts,
    body: &[u8],
) -> Result<Response<Body>, ApiError> {
    if caller.session.is_some() {
        let message = "the faults are for the developer's own key, not for a role's session";
        return Err(ApiError::forbidden("AccessDeniedException", message));
    }
    let path = parts.uri.path();
    let set = match path.strip_prefix(PATH) {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/').filter(|set| !set.contains('/')),
        None => None,
    };
    match (&parts.method, set) {
        (&Method::GET, Some(set)) => Ok(show(faults, set)),
        (&Method::POST, Some(set)) => {
            let rules: Vec<Rule> = serde_json::from_slice(body).map_err(|error| {
                ApiError::bad_request("InvalidRequestContentException", error.to_string())
            })?;
            faults.replace(set, rules);
            Ok(show(faults, set))
        }
        (method, _) => Err(ApiError::not_emulated(format!(
            "{SERVICE}: {method} {path}"
        ))),
    }
}

/// What the rules are, with how often each has struck.
fn show(faults: &Faults, set: &str) -> Response<Body> {
    let rules = json!(faults.shown(set)).to_string();
    let mut response = Response::new(Body::from(rules));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
