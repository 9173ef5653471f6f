//! Server-sent events as every dialect writes them: the data of a frame is one JSON object.
//!
//! JSON text has no line breaks, so nothing that an agent says can forge a frame.

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;

/// The last frame, in protocols that have one.
pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

/// Appends one frame.
pub(super) fn data(json: &impl Serialize, out: &mut BytesMut) {
    frame(b"data: ", json, b"\n\n", out);
}

/// Appends a string or a number, neither of which can fail to be JSON in memory.
pub(super) fn json(value: &(impl Serialize + ?Sized), out: &mut BytesMut) {
    let _: Result<(), serde_json::Error> = serde_json::to_writer(out.writer(), value);
}

/// Appends `begin`, the JSON and `end`. JSON in memory can't fail; if it did, no frame would be
/// better than half of one.
pub(super) fn frame(begin: &[u8], json: &impl Serialize, end: &[u8], out: &mut BytesMut) {
    let length = out.len();
    out.put_slice(begin);
    match serde_json::to_writer((&mut *out).writer(), json) {
        Ok(()) => out.put_slice(end),
        Err(_) => out.truncate(length),
    }
}
