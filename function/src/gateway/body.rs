//! Where the bytes of a response go.

use bytes::Bytes;

/// The body of a response: in production the Runtime API, piece by piece.
pub trait ResponseBody: Send {
    /// Sends bytes at once and waits until there is room for more.
    fn send(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send;

    /// Sends the last bytes. Where a place is kept for them, this does not wait for a reader that has
    /// stopped reading.
    fn send_last(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send {
        self.send(bytes)
    }
}

/// The reader has left: nothing can be sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// A response that knows whether it has begun.
pub(super) struct Reply<'a, B> {
    pub(super) body: &'a mut B,
    pub(super) has_begun: bool,
}

impl<B: ResponseBody> ResponseBody for Reply<'_, B> {
    fn send(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send {
        self.has_begun = true;
        self.body.send(bytes)
    }

    fn send_last(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send {
        self.has_begun = true;
        self.body.send_last(bytes)
    }
}
