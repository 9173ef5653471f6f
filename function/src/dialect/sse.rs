//! Server-sent events as every dialect here writes them: comments, and one JSON object a frame.
//!
//! JSON has no line break in it, so no text of an agent can forge a frame.

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;

/// The first bytes of a stream: they go out before anybody is asked.
pub(super) const OPEN: &[u8] = b": open\n\n";
/// Keeps proxies awake; clients pass over it.
pub(super) const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";
/// The end, where a protocol has a word for it.
pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

/// Appends one frame, or nothing at all; whether it has.
pub(super) fn data(json: &impl Serialize, out: &mut BytesMut) -> bool {
    let begin = out.len();
    out.put_slice(b"data: ");
    if serde_json::to_writer((&mut *out).writer(), json).is_err() {
        // Strings and numbers always serialise into memory; if not, rather no frame than half.
        out.truncate(begin);
        return false;
    }
    out.put_slice(b"\n\n");
    true
}
