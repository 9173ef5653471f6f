//! How each protocol answers, and what it calls a bad signature.

use axum::body::Body;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::services::iam;
use crate::wire::api_error::ApiError;
use crate::wire::query_protocol;
use crate::wire::sigv4::SigV4Error;

pub(super) const JSON: &str = "application/json";
pub(super) const JSON_1_1: &str = "application/x-amz-json-1.1";
pub(super) const XML: &str = "text/xml";

/// The protocol of a request, as its headers tell before its signature is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    RestJson,
    Json11,
    Query,
}

impl Protocol {
    pub(super) fn of(headers: &http::HeaderMap) -> Self {
        let form = headers.get(header::CONTENT_TYPE).is_some_and(|it| {
            it.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        if headers.contains_key("x-amz-target") {
            Self::Json11
        } else if form {
            Self::Query
        } else {
            Self::RestJson
        }
    }

    /// Each protocol has names of its own for a bad signature.
    pub(super) fn refusal(self, error: &SigV4Error) -> ApiError {
        let (json, query) = match error {
            SigV4Error::Missing => (
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
            ),
            SigV4Error::Malformed(_) => ("IncompleteSignatureException", "IncompleteSignature"),
            SigV4Error::UnknownKey => ("UnrecognizedClientException", "InvalidClientTokenId"),
            SigV4Error::SessionOver => ("ExpiredTokenException", "ExpiredToken"),
            SigV4Error::WrongService { .. }
            | SigV4Error::WrongRegion { .. }
            | SigV4Error::Expired { .. }
            | SigV4Error::PayloadChanged
            | SigV4Error::WrongSignature => ("InvalidSignatureException", "SignatureDoesNotMatch"),
        };
        let code = if self == Self::Query { query } else { json };
        ApiError::forbidden(code, error.to_string())
    }

    pub(super) fn encode(self, error: &ApiError, request_id: &str) -> Response<Body> {
        match self {
            Self::Query => {
                let document = query_protocol::error(iam::NAMESPACE, request_id, error);
                respond(error.status, XML, document)
            }
            Self::Json11 => {
                let document = error.json_1_1().to_string();
                respond(error.status, JSON_1_1, document)
            }
            Self::RestJson => {
                let document = error.rest_json().to_string();
                let mut response = respond(error.status, JSON, document);
                response.headers_mut().insert(
                    HeaderName::from_static("x-amzn-errortype"),
                    HeaderValue::from_static(error.code),
                );
                response
            }
        }
    }
}

pub(super) fn respond(
    status: StatusCode,
    content_type: &'static str,
    body: String,
) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
