//! The words of an answer, without the SDK's decoder: deltas that hold text and nothing else.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ContentBlockDelta {
    /// Text is told whichever block it is in, and the SDK refuses an index that is no number.
    #[serde(rename = "contentBlockIndex")]
    _content_block_index: i32,
    delta: Delta,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delta {
    text: String,
}

/// The text of a plain delta, `{"contentBlockIndex":0,"delta":{"text":"…"}}`; `None` for any other payload:
/// it is the SDK's.
pub(super) fn text(payload: &[u8]) -> Option<String> {
    let read: ContentBlockDelta = serde_json::from_slice(payload).ok()?;
    Some(read.delta.text)
}
