//! The chunks of Mastra's `fullStream`: those of the Vercel AI SDK in an envelope, with a few names of its own.

use super::ai_sdk;
use super::fields::{Object, has, object, text, usage};
use super::heard::Heard;

/// Recognises a chunk by its envelope, and what is in it as the AI SDK's.
pub(super) fn recognise(chunk: &Object) -> Option<Vec<Heard>> {
    if !has(chunk, &["runId", "from"]) {
        return None;
    }
    let kind = text(chunk, "type")?;
    let payload = object(chunk, "payload")?;
    match kind {
        "error" => Some(vec![Heard::failed(None)]),
        "start" | "finish" => Some(vec![Heard::Bookkeeping]),
        "step-start" => Some(vec![Heard::Bookkeeping, Heard::Turn { agent: None }]),
        "step-finish" => {
            let tokens = object(payload, "output").and_then(|output| usage(output.get("usage")?));
            let usage = tokens.map(|usage| Heard::Usage { agent: None, usage });
            Some(vec![
                usage.unwrap_or(Heard::Bookkeeping),
                Heard::Turn { agent: None },
            ])
        }
        kind => {
            let mut inner = payload.clone();
            inner.insert("type".to_owned(), kind.into());
            ai_sdk::recognise(&inner)
        }
    }
}
