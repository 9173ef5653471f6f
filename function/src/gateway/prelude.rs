//! The head of a response, and whole responses with a short body.

use bytes::Bytes;
use http::StatusCode;
use http::header::{ALLOW, HeaderValue, WWW_AUTHENTICATE};
use lambda_runtime::MetadataPrelude;

use super::body::{Gone, ResponseBody};
use crate::dialect::{Head, RefusalBody, whole};
use crate::refusal::Refusal;

pub(super) async fn send_json(body: &mut impl ResponseBody, text: String) -> Result<(), Gone> {
    send_prelude(body, whole(StatusCode::OK, "application/json")).await?;
    body.send(Bytes::from(text)).await
}

pub(super) async fn send_refusal(
    body: &mut impl ResponseBody,
    refusal: &Refusal,
    text: RefusalBody,
) -> Result<(), Gone> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut head = whole(status, text.content_type);
    if let Some(challenge) = refusal.challenge() {
        let challenge = HeaderValue::from_static(challenge);
        head.headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(allow) = refusal.allow {
        head.headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    send_prelude(body, head).await?;
    body.send(Bytes::from(text.text)).await
}

pub(super) async fn send_prelude(body: &mut impl ResponseBody, head: Head) -> Result<(), Gone> {
    let [head, nul] = prelude(head);
    body.send(head).await?;
    body.send(nul).await
}

/// Both pieces of the head of a response: JSON, then eight NUL bytes. Each is a chunk of its own, because
/// `cargo lambda watch` expects them so.
pub(super) fn prelude(head: Head) -> [Bytes; 2] {
    let prelude = MetadataPrelude {
        status_code: head.status,
        headers: head.headers,
        cookies: Vec::new(),
    };
    // Can't fail: all parts are valid. An empty object would still be a valid prelude.
    let prelude = serde_json::to_vec(&prelude).unwrap_or_else(|_| b"{}".to_vec());
    [Bytes::from(prelude), Bytes::from_static(&[0; 8])]
}
