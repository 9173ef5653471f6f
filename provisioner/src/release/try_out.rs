//! Tries out one version of the function before the alias points to it: no caller reaches it yet, so
//! it is invoked with the event that a function URL would make of `GET /healthz`.

use serde_json::{Value, json};

use super::probe::message;
use super::proof::Cause;
use crate::aws::{Aws, Invoked};
use crate::hint::{Hint as _, chain};

/// What separates a streamed answer's status and headers from its body.
const SEPARATOR: [u8; 8] = [0; 8];

/// Whether the version starts and answers.
pub(super) async fn try_out(aws: &Aws, function: &str, version: &str) -> Result<(), Cause> {
    let invoked = aws
        .invoke(function, version, &health_event())
        .await
        .map_err(|error| Cause::NotTried {
            reason: chain(&error),
            hint: error
                .hint()
                .map(|hint| format!("{hint}; or leave the probe out with `--probe none`")),
        })?;
    judge(&invoked)
}

/// As much of [payload format 2.0] as any handler may look at.
///
/// [payload format 2.0]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
fn health_event() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/healthz",
        "rawQueryString": "",
        "headers": { "user-agent": "provision" },
        "requestContext": {
            // A URL with AuthType AWS_IAM says who has signed.
            "authorizer": { "iam": { "userId": "provision", "userArn": "provision" } },
            "accountId": "anonymous",
            "apiId": "provision",
            "domainName": "provision.invalid",
            "domainPrefix": "provision",
            "http": {
                "method": "GET",
                "path": "/healthz",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "provision",
            },
            "requestId": "provision-probe",
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    })
}

fn judge(invoked: &Invoked) -> Result<(), Cause> {
    let Invoked { failed, payload } = invoked;
    let separator = payload
        .windows(SEPARATOR.len())
        .position(|window| window == SEPARATOR);
    let (head, body) = match separator {
        Some(at) => (
            payload.get(..at).unwrap_or_default(),
            payload.get(at + SEPARATOR.len()..).unwrap_or_default(),
        ),
        None => (payload.as_slice(), payload.as_slice()),
    };
    let body = String::from_utf8_lossy(body);
    if *failed {
        let message = message(&body);
        return Err(Cause::FunctionFailed { message });
    }
    let head: Value = serde_json::from_slice(head).unwrap_or_default();
    match head["statusCode"].as_u64() {
        Some(200) => Ok(()),
        Some(status) => Err(Cause::Status {
            status: status.try_into().unwrap_or(0),
            message: message(&body),
        }),
        None => Err(Cause::NotAStream {
            content_type: "an answer without a status".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoked(payload: &str) -> Invoked {
        Invoked {
            failed: false,
            payload: payload.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_streamed_answer_has_its_status_in_front() {
        let payload = "{\"statusCode\":200}\0\0\0\0\0\0\0\0{\"status\":\"ok\"}";
        assert_eq!(judge(&invoked(payload)), Ok(()));

        let payload = "{\"statusCode\":500}\0\0\0\0\0\0\0\0{\"message\":\"out of luck\"}";
        let (status, message) = (500, "out of luck".to_owned());
        assert_eq!(
            judge(&invoked(payload)),
            Err(Cause::Status { status, message })
        );
    }

    #[test]
    fn a_function_that_fails_is_quoted() {
        let failed = Invoked {
            failed: true,
            ..invoked(r#"{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}"#)
        };
        let message = "exit status 1".to_owned();
        assert_eq!(judge(&failed), Err(Cause::FunctionFailed { message }));
    }

    #[test]
    fn an_answer_of_something_else_is_no_health() {
        assert!(judge(&invoked("\"hello\"")).is_err());
        assert!(judge(&invoked("")).is_err());
    }
}
