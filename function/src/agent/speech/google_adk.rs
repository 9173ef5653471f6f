//! The events of Google's Agent Development Kit (`runner.run_async`), in both spellings of its JSON.

use serde_json::Value;

use super::blocks::{piece, whole};
use super::fields::{Object, flag, object, text, usage};
use super::heard::Heard;

/// Recognises an event: it has an author and an invocation.
pub(super) fn recognise(event: &Object) -> Option<Vec<Heard>> {
    let author = text(event, "author")?;
    text(event, "invocation_id").or_else(|| text(event, "invocationId"))?;
    let failed = ["error_code", "errorCode"]
        .into_iter()
        .find_map(|key| text(event, key));
    let content = object(event, "content").and_then(|content| content.get("parts"));
    let is_partial = flag(event, "partial");
    let mut heard = match content {
        // The question once more.
        Some(_) if author == "user" => Vec::new(),
        // A piece of a call is a hint; the call comes whole.
        Some(parts) if is_partial => piece(parts)
            .into_iter()
            .filter(|heard| !matches!(heard, Heard::Call { .. }))
            .collect(),
        Some(parts) => whole(parts, "adk.event"),
        None => Vec::new(),
    };
    if !is_partial {
        let tokens = event
            .get("usage_metadata")
            .or_else(|| event.get("usageMetadata"));
        heard.extend(
            tokens
                .and_then(usage)
                .map(|usage| Heard::Usage { agent: None, usage }),
        );
        heard.push(Heard::Turn { agent: None });
    }
    if let Some(output) = event.get("output").filter(|output| !output.is_null()) {
        heard.extend(match output {
            Value::String(_) => whole(output, "adk.output"),
            output => vec![Heard::data(output)],
        });
    }
    if let Some(code) = failed {
        heard.push(Heard::failed(Some(code)));
    }
    Some(heard)
}
