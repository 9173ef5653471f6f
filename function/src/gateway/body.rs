//! Where an answer goes.

use bytes::Bytes;

/// Where the answer goes: the Runtime API, piece by piece.
pub trait ResponseBody: Send {
    /// Sends bytes at once and waits until there is room for more; `Err` when nobody reads on.
    fn send(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send;
}

/// The reader has gone away.
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
}
