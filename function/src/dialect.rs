//! The kinds of clients: how each asks, and how each is answered.

mod ag_ui;
mod ai_sdk;
mod attachment;
mod conversation;
mod inquiries;
mod magi;
mod openai;
mod options;
mod spans;
mod sse;
mod stream;
mod tool_messages;

use serde_json::json;

pub use openai::{model, models};
pub use stream::{Dialect, Head, RefusalBody, event_stream, whole};

use crate::refusal::Refusal;
use crate::request::draft::Draft;

/// The kinds of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The native dialect.
    Magi,
    /// The Vercel AI SDK's UI message stream.
    AiSdk,
    /// AG-UI.
    AgUi,
    /// `OpenAI` chat completions.
    OpenAi,
}

impl Kind {
    /// The name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Magi => "magi",
            Self::AiSdk => "ai-sdk",
            Self::AgUi => "ag-ui",
            Self::OpenAi => "openai",
        }
    }

    /// Reads the body of a request: what is asked, and the dialect of the answer.
    pub fn read(self, body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
        match self {
            Self::Magi => magi::read(body),
            Self::AiSdk => ai_sdk::read(body),
            Self::AgUi => ag_ui::read(body),
            Self::OpenAi => openai::read(body),
        }
    }

    /// The body of a response that refuses a request.
    pub fn refusal(self, refusal: &Refusal) -> RefusalBody {
        let json = match self {
            Self::Magi => json!({"error": refusal.code, "message": refusal.message}),
            Self::AiSdk => return ai_sdk::refusal(refusal),
            Self::AgUi => ag_ui::refusal(refusal),
            Self::OpenAi => openai::refusal(refusal),
        };
        RefusalBody {
            content_type: "application/json",
            text: json.to_string(),
        }
    }
}
