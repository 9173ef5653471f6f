//! The Vercel AI SDK's UI message stream, read back.

use serde_json::Value;

use super::Event;

const AGENT: &str = "assistant";

/// What a part says; `data` is its JSON.
pub(crate) fn read(data: &Value) -> Option<Event> {
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    let agent = || AGENT.to_owned();
    Some(match data["type"].as_str()? {
        "text-delta" => Event::Text {
            agent: agent(),
            text: text("delta"),
        },
        "reasoning-delta" => Event::Reasoning {
            agent: agent(),
            text: text("delta"),
        },
        "tool-input-available" => Event::Note {
            agent: agent(),
            text: format!("uses {}", text("toolName")),
        },
        "source-url" => Event::Note {
            agent: agent(),
            text: format!("cites {}", text("url")),
        },
        "finish" => Event::Complete(String::new()),
        "error" => Event::Failure {
            code: "error".to_owned(),
            message: text("errorText"),
        },
        "abort" => Event::Failure {
            code: "abort".to_owned(),
            message: text("reason"),
        },
        _ => return None,
    })
}
