//! Where the bytes of a response go.

use bytes::Bytes;

/// The body of a response: in production the Runtime API, piece by piece.
pub trait ResponseBody: Send {
    /// Whether there is room for a piece, and somebody who reads it.
    fn has_room(&self) -> bool;

    /// Waits until there is room for a piece.
    fn room(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;

    /// Sends a piece at once, and does not wait for anybody. The last piece needs no room: a place is kept
    /// for it, so that the end of an answer never waits for a reader that has stopped reading.
    fn put(&mut self, piece: Bytes);

    /// Sends a piece as soon as there is room.
    fn send(&mut self, piece: Bytes) -> impl Future<Output = Result<(), Gone>> + Send {
        async {
            self.room().await?;
            self.put(piece);
            Ok(())
        }
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
    fn has_room(&self) -> bool {
        self.body.has_room()
    }

    fn room(&mut self) -> impl Future<Output = Result<(), Gone>> + Send {
        self.body.room()
    }

    fn put(&mut self, piece: Bytes) {
        self.has_begun = true;
        self.body.put(piece);
    }
}
