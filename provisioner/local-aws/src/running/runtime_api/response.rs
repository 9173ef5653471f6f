//! Reads what a runtime answers and hands it on, chunk by chunk, the moment it comes. The runtime
//! is always heard out: a caller who has left must not break its connection, or it would exit.

use std::time::Instant;

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::bandwidth::{Bandwidth, LONGEST_STREAM, TokenBucket};
use super::session::{ChunkSender, Ending, Session};
use crate::running::invocation::FunctionError;

/// RAPID's `MaxPayloadSize`: 6 MiB and a little for the envelope.
const LONGEST_BUFFERED: usize = 6 * 1024 * 1024 + 100;

const MODE: &str = "lambda-runtime-function-response-mode";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// What the runtime is told about its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipt {
    Accepted,
    InvalidMode,
    TooLarge,
    Truncated,
}

impl Receipt {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Accepted => StatusCode::ACCEPTED,
            Self::InvalidMode | Self::Truncated => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// Reads an answer to its end, and returns the end: the session tells it to the caller.
pub(super) async fn read(
    session: &Session,
    headers: &HeaderMap,
    body: Incoming,
    bandwidth: Option<Bandwidth>,
) -> (Receipt, Ending) {
    let content_type = text(headers, header::CONTENT_TYPE.as_str());
    match text(headers, MODE).as_deref() {
        None | Some("") => buffered(content_type, body).await,
        Some("streaming") => streamed(session, content_type, body, bandwidth).await,
        Some(_) => {
            let error = FunctionError {
                error_type: "Runtime.InvalidResponseModeHeader".to_owned(),
                error_message: "Invalid response mode header".to_owned(),
            };
            (Receipt::InvalidMode, Ending::Failed(error))
        }
    }
}

async fn buffered(content_type: Option<String>, mut body: Incoming) -> (Receipt, Ending) {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return (Receipt::Truncated, Ending::Truncated);
        };
        if let Some(chunk) = frame.data_ref() {
            if whole.len() + chunk.len() > LONGEST_BUFFERED {
                return failed_as_too_large(LONGEST_BUFFERED as u64);
            }
            whole.extend_from_slice(chunk);
        }
    }
    let ending = Ending::Whole(content_type, whole.freeze());
    (Receipt::Accepted, ending)
}

async fn streamed(
    session: &Session,
    content_type: Option<String>,
    mut body: Incoming,
    bandwidth: Option<Bandwidth>,
) -> (Receipt, Ending) {
    let mut caller = session.stream(content_type);
    let mut bucket = bandwidth.map(|bandwidth| TokenBucket::new(bandwidth, Instant::now()));
    let mut total = 0_u64;
    let mut reported = None;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return (Receipt::Truncated, Ending::Truncated);
        };
        let chunk = match frame.into_data() {
            Ok(chunk) => chunk,
            Err(frame) => {
                reported = frame
                    .into_trailers()
                    .ok()
                    .and_then(|it| reported_error(&it));
                continue;
            }
        };
        total += chunk.len() as u64;
        if let Some(bucket) = &mut bucket {
            if total > LONGEST_STREAM {
                return failed_as_too_large(LONGEST_STREAM);
            }
            let wait = bucket.take(chunk.len(), Instant::now());
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
        pass_on(&mut caller, chunk).await;
    }
    let ending = reported.map_or(Ending::Streamed, Ending::Failed);
    (Receipt::Accepted, ending)
}

/// Waits while the caller has not read what came before: back-pressure.
async fn pass_on(caller: &mut Option<ChunkSender>, chunk: Bytes) {
    let Some(sender) = caller else {
        return;
    };
    if sender.send(Ok(chunk)).await.is_err() {
        *caller = None;
    }
}

/// An error that came up after the answer had begun, in trailing headers.
fn reported_error(trailers: &HeaderMap) -> Option<FunctionError> {
    let error_type = text(trailers, ERROR_TYPE)?;
    let body = text(trailers, ERROR_BODY).unwrap_or_default();
    let error_message = base64::engine::general_purpose::STANDARD
        .decode(body)
        .map(|body| String::from_utf8_lossy(&body).into_owned())
        .unwrap_or_default();
    Some(FunctionError {
        error_type: known_type(&error_type),
        error_message,
    })
}

/// RAPID passes on types such as `Function.QuotaExceeded` and replaces all others.
fn known_type(error_type: &str) -> String {
    let is_known = error_type
        .strip_prefix("Runtime.")
        .or_else(|| error_type.strip_prefix("Function."))
        .is_some_and(|reason| {
            reason.starts_with(|first: char| first.is_ascii_uppercase())
                && reason.chars().all(|letter| letter.is_ascii_alphabetic())
        });
    if is_known {
        error_type.to_owned()
    } else if error_type.starts_with("Function.") {
        "Function.Unknown".to_owned()
    } else {
        "Runtime.Unknown".to_owned()
    }
}

fn failed_as_too_large(limit: u64) -> (Receipt, Ending) {
    let error = FunctionError {
        error_type: FunctionError::TOO_LARGE.to_owned(),
        error_message: format!(
            "Response payload size exceeded maximum allowed payload size ({limit} bytes)."
        ),
    };
    (Receipt::TooLarge, Ending::Failed(error))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_tell_an_error_and_its_text() {
        let mut trailers = HeaderMap::new();
        assert_eq!(reported_error(&trailers).map(|it| it.error_type), None);

        trailers.insert(ERROR_TYPE, "Function.AgentGone".parse().unwrap());
        trailers.insert(ERROR_BODY, "5ruF44KT44Gg".parse().unwrap());
        let error = reported_error(&trailers).unwrap();
        assert_eq!(error.error_type, "Function.AgentGone");
        assert_eq!(error.error_message, "滅んだ");

        trailers.insert(ERROR_BODY, "not base64!".parse().unwrap());
        assert_eq!(reported_error(&trailers).unwrap().error_message, "");
    }

    #[test]
    fn unknown_error_types_are_replaced_as_rapid_does() {
        for (given, passed_on) in [
            ("Runtime.StreamError", "Runtime.StreamError"),
            ("Function.Oops", "Function.Oops"),
            ("Function.oops", "Function.Unknown"),
            ("Function.", "Function.Unknown"),
            ("Runtime.A1", "Runtime.Unknown"),
            ("ValueError", "Runtime.Unknown"),
            ("", "Runtime.Unknown"),
        ] {
            assert_eq!(known_type(given), passed_on);
        }
    }
}
