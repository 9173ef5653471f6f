//! What all dialects have in common: an encoder, and the heads of their responses.

use bytes::BytesMut;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::relay::Moment;

/// Encodes one answer for one kind of client.
pub trait Dialect: Send + Sync {
    /// Status and headers; `None` as long as they depend on what is still to come. Until then the
    /// gateway sends nothing and keeps what has been encoded.
    fn head(&self) -> Option<Head> {
        Some(event_stream())
    }

    /// Appends the bytes of `moment`.
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut);
}

/// The beginning of an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

/// A refusal in the form that one kind of client reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalBody {
    pub content_type: &'static str,
    pub text: String,
}

/// The head of a stream of server-sent events.
pub fn event_stream() -> Head {
    let headers = [
        (CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (CACHE_CONTROL, "no-cache, no-transform"),
        // nginx and its like would hold the stream back until a buffer is full.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    head(StatusCode::OK, &headers)
}

/// The head of an answer in one piece.
pub fn whole(status: StatusCode, content_type: &'static str) -> Head {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
    head(status, &headers)
}

fn head(status: StatusCode, headers: &[(HeaderName, &'static str)]) -> Head {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
    Head {
        status,
        headers: headers.collect(),
    }
}
