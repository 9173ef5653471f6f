//! The words of an answer, without the SDK's decoder: chunks that hold text and nothing else.

use aws_smithy_types::base64;

use crate::agent::event_stream::checked_parts;

/// Reads plain chunks, as soon as the SDK has read one.
///
/// Which headers make a message a chunk is for the SDK to say. All chunks of an answer have the same
/// headers, so those of the first are recognised byte by byte.
#[derive(Debug, Default)]
pub(super) struct PlainChunks {
    headers: Option<Vec<u8>>,
}

impl PlainChunks {
    /// Remembers the headers of `message`, which the SDK has read as a chunk.
    pub(super) fn learn(&mut self, message: &[u8]) {
        if let Some((headers, _)) = checked_parts(message) {
            self.headers = Some(headers.to_vec());
        }
    }

    /// The bytes of a plain chunk, `{"bytes":"…"}`; `None` for any other message, and for one that is
    /// damaged: it is the SDK's.
    pub(super) fn bytes(&self, message: &[u8]) -> Option<Vec<u8>> {
        let known = self.headers.as_deref()?;
        let (headers, payload) = checked_parts(message)?;
        if headers != known {
            return None;
        }
        // A quotation mark or a backslash is not base64: nothing else can hide in the payload.
        let text = payload.strip_prefix(br#"{"bytes":""#)?;
        let text = text.strip_suffix(br#""}"#)?;
        base64::decode(std::str::from_utf8(text).ok()?).ok()
    }
}
