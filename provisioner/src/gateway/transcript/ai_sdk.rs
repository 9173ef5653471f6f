//! The Vercel AI SDK's UI message stream, read back.

use serde_json::Value;

use super::Happened;

const AGENT: &str = "assistant";

/// What a part says; `data` is its JSON.
pub(crate) fn read(data: &Value) -> Option<Happened> {
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    let agent = || AGENT.to_owned();
    Some(match data["type"].as_str()? {
        "text-delta" => Happened::Said {
            agent: agent(),
            text: text("delta"),
        },
        "reasoning-delta" => Happened::Thought {
            agent: agent(),
            text: text("delta"),
        },
        "tool-input-available" => Happened::Noted {
            agent: agent(),
            text: format!("uses {}", text("toolName")),
        },
        "source-url" => Happened::Noted {
            agent: agent(),
            text: format!("cites {}", text("url")),
        },
        "finish" => Happened::Complete(String::new()),
        "error" => Happened::Failed {
            code: "error".to_owned(),
            message: text("errorText"),
        },
        "abort" => Happened::Failed {
            code: "abort".to_owned(),
            message: text("reason"),
        },
        _ => return None,
    })
}
