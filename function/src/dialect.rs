//! What happens becomes bytes for one kind of client, and what that client asks is read.

pub mod ag_ui;
pub mod ai_sdk;
mod client_tools;
mod conversation;
pub mod magi;
pub mod openai;
mod options;
mod spans;
mod sse;
#[cfg(test)]
mod story;

use bytes::BytesMut;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::relay::Moment;
use crate::request::Refusal;
use crate::request::question::Draft;

/// The kinds of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The native one.
    Magi,
    /// The Vercel AI SDK's UI message stream.
    AiSdk,
    /// AG-UI.
    AgUi,
    /// `OpenAI` chat completions.
    OpenAi,
}

/// How one kind of client is told what happens; the state of one answer.
pub trait Dialect: Send + Sync {
    /// Status and headers; `None` as long as they depend on what is still to come. Until then
    /// nothing is sent, and what has been encoded is kept.
    fn head(&self) -> Option<Head>;

    /// Appends the bytes that tell of `moment`.
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut);
}

/// The beginning of an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

impl Kind {
    /// In logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Magi => "magi",
            Self::AiSdk => "ai-sdk",
            Self::AgUi => "ag-ui",
            Self::OpenAi => "openai",
        }
    }

    /// Reads a request's body: what is asked, and how to answer it.
    pub fn read(self, body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
        match self {
            Self::Magi => magi::read(body),
            Self::AiSdk => ai_sdk::read(body),
            Self::AgUi => ag_ui::read(body),
            Self::OpenAi => openai::read(body),
        }
    }

    /// The body of an answer that says why nothing is streamed.
    pub fn refusal(self, refusal: &Refusal) -> Refused {
        let json = match self {
            Self::Magi => json!({"error": refusal.code, "message": refusal.message}),
            Self::AiSdk => return ai_sdk::refused(refusal),
            Self::AgUi => ag_ui::refused(refusal),
            Self::OpenAi => openai::refused(refusal),
        };
        Refused {
            content_type: "application/json",
            body: json.to_string(),
        }
    }
}

/// A refusal as one kind of client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub content_type: &'static str,
    pub body: String,
}

/// Status and headers of a stream of server-sent events.
pub fn event_stream() -> Head {
    use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        ),
        // Proxies after nginx's manner would wait for more.
        (
            http::HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    Head {
        status: StatusCode::OK,
        headers: headers.into_iter().collect(),
    }
}

/// Status and headers of an answer in one piece.
pub fn whole(status: StatusCode, content_type: &'static str) -> Head {
    use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Head {
        status,
        headers: headers.into_iter().collect(),
    }
}
