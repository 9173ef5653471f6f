//! Messages of an event stream that hold a word of the answer and nothing else: an upstream reads them
//! itself, without the SDK's decoder.

use super::event_stream::checked_parts;

/// Recognises the messages of one kind, as soon as the SDK has read one.
///
/// Which headers make a message one of that kind is for the SDK to say. All of a kind in an answer have the
/// same headers, so those of the first are recognised byte by byte.
#[derive(Debug, Default)]
pub(super) struct Plain {
    headers: Option<Vec<u8>>,
}

impl Plain {
    /// Remembers the headers of `message`, which the SDK has read as one of the kind.
    pub(super) fn learn(&mut self, message: &[u8]) {
        if let Some((headers, _)) = checked_parts(message) {
            self.headers = Some(headers.to_vec());
        }
    }

    /// The payload of a message of the kind; `None` for any other message, and for one that is damaged: it
    /// is the SDK's.
    pub(super) fn payload<'a>(&self, message: &'a [u8]) -> Option<&'a [u8]> {
        let known = self.headers.as_deref()?;
        let (headers, payload) = checked_parts(message)?;
        (headers == known).then_some(payload)
    }
}
