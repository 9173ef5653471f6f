//! What a function URL answers instead of calling the function, or instead of its answer.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::wire::api_error::ApiError;
use crate::wire::sigv4::SigV4Error;
use crate::wire::this_machine;

const FORBIDDEN: &str = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// Why a request has no answer of the function.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The request was sent to a name that is not this machine's.
    OtherName,
    /// There is no such URL.
    UnknownUrl,
    /// The policy does not let the caller in, or what the URL leads to is gone.
    Forbidden,
    Signature(SigV4Error),
    TooLarge,
    Throttled,
    /// The function cannot be invoked now, for example while it is being created.
    NotInvocable(ApiError),
    /// The function failed before it said anything, or what it said is no answer.
    BadAnswer,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        match error.status {
            StatusCode::NOT_FOUND => Self::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => Self::Throttled,
            _ => Self::NotInvocable(error),
        }
    }
}

impl Refusal {
    /// Texts and headers are AWS's own where they have been recorded.
    pub(super) fn answer(self) -> Response<Bytes> {
        match self {
            Self::OtherName => access_denied(&json!({ "Message": this_machine::REFUSAL })),
            Self::UnknownUrl => access_denied(&json!({ "Message": null })),
            Self::Forbidden | Self::Signature(SigV4Error::Missing) => {
                access_denied(&json!({ "Message": FORBIDDEN }))
            }
            Self::Signature(error) => {
                let code = match error {
                    SigV4Error::UnknownKey => "UnrecognizedClientException",
                    _ => "InvalidSignatureException",
                };
                let body = json!({ "message": error.to_string() });
                answer(StatusCode::FORBIDDEN, Some(code), body.to_string())
            }
            Self::TooLarge => answer(
                StatusCode::PAYLOAD_TOO_LARGE,
                Some("RequestTooLargeException"),
                json!({ "Message": "Request must be smaller than 6291456 bytes for the \
                                    InvokeFunction operation" })
                .to_string(),
            ),
            Self::Throttled => answer(
                StatusCode::TOO_MANY_REQUESTS,
                Some("TooManyRequestsException"),
                json!({ "Message": "Rate Exceeded." }).to_string(),
            ),
            Self::NotInvocable(error) => answer(
                error.status,
                Some(error.code),
                json!({ "Message": error.message }).to_string(),
            ),
            Self::BadAnswer => answer(
                StatusCode::BAD_GATEWAY,
                None,
                "Internal Server Error".to_owned(),
            ),
        }
    }
}

fn access_denied(body: &Value) -> Response<Bytes> {
    answer(
        StatusCode::FORBIDDEN,
        Some("AccessDeniedException"),
        body.to_string(),
    )
}

fn answer(status: StatusCode, error_type: Option<&'static str>, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // AWS sends this type with the plain text of a 502, too.
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(error_type) = error_type {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(error_type));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_as_aws_does() {
        let told = |refusal: Refusal| {
            let response = refusal.answer();
            let error_type = response.headers().get("x-amzn-errortype").cloned();
            (
                response.status().as_u16(),
                error_type.map(|it| it.to_str().unwrap().to_owned()),
                String::from_utf8(response.into_body().to_vec()).unwrap(),
            )
        };
        let denied = Some("AccessDeniedException".to_owned());
        let forbidden = format!("{{\"Message\":\"{FORBIDDEN}\"}}");

        assert_eq!(
            told(Refusal::UnknownUrl),
            (403, denied.clone(), r#"{"Message":null}"#.to_owned())
        );
        assert_eq!(
            told(Refusal::Forbidden),
            (403, denied.clone(), forbidden.clone())
        );
        assert_eq!(
            told(Refusal::Signature(SigV4Error::Missing)),
            (403, denied, forbidden)
        );
        assert_eq!(
            told(Refusal::BadAnswer),
            (502, None, "Internal Server Error".to_owned())
        );
        assert_eq!(told(Refusal::Throttled).0, 429);
        assert_eq!(told(Refusal::TooLarge).0, 413);
    }

    #[test]
    fn a_function_that_is_gone_lets_nobody_in() {
        let gone = ApiError::resource_not_found("Function not found");
        assert_eq!(Refusal::from(gone).answer().status(), StatusCode::FORBIDDEN);
        let pending = ApiError::resource_conflict("The function is being created.");
        assert_eq!(
            Refusal::from(pending).answer().status(),
            StatusCode::CONFLICT
        );
    }
}
