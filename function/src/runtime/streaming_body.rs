//! The pieces of an answer on their way to the connection that hands them to Lambda.
//!
//! One writer, one reader, three places. A general channel does the same with an eighth of all the code that
//! a chunk which comes alone has to load (tokio's: permits, blocks, a budget); nothing here needs it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use hyper::body::{Body, Frame};

use crate::gateway::{Gone, ResponseBody};

/// How many pieces of an answer may wait for the connection: two, so that both pieces of a prelude
/// share a write.
const PIECES_UNDER_WAY: usize = 2;

/// Both ends of a body: what is sent into the first, hyper takes from the second.
pub(super) fn streaming_body() -> (StreamingBody, Pieces) {
    let way = Arc::new(Mutex::new(Way {
        pieces: VecDeque::with_capacity(PIECES_UNDER_WAY + 1),
        ..Way::default()
    }));
    (StreamingBody(way.clone()), Pieces(way))
}

/// Where an answer is written. Dropping it ends the body.
pub(super) struct StreamingBody(Arc<Mutex<Way>>);

/// The body of the request that hands the answer to Lambda.
pub(super) struct Pieces(Arc<Mutex<Way>>);

#[derive(Default)]
struct Way {
    pieces: VecDeque<Bytes>,
    /// Nothing more is written.
    has_ended: bool,
    /// Nothing more is read.
    is_gone: bool,
    /// Waits for room.
    writer: Option<Waker>,
    /// Waits for a piece or the end.
    reader: Option<Waker>,
}

/// A panic while it is locked cannot leave it half changed.
fn lock(way: &Mutex<Way>) -> MutexGuard<'_, Way> {
    way.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Way {
    fn has_room(&self) -> bool {
        !self.is_gone && self.pieces.len() < PIECES_UNDER_WAY
    }
}

impl ResponseBody for StreamingBody {
    fn has_room(&self) -> bool {
        lock(&self.0).has_room()
    }

    async fn room(&mut self) -> Result<(), Gone> {
        poll_fn(|context| {
            let mut way = lock(&self.0);
            if way.is_gone {
                return Poll::Ready(Err(Gone));
            }
            if way.has_room() {
                return Poll::Ready(Ok(()));
            }
            way.writer = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn put(&mut self, piece: Bytes) {
        let mut way = lock(&self.0);
        if way.is_gone {
            return;
        }
        way.pieces.push_back(piece);
        let reader = way.reader.take();
        drop(way);
        wake(reader);
    }
}

impl Drop for StreamingBody {
    fn drop(&mut self) {
        let mut way = lock(&self.0);
        way.has_ended = true;
        let reader = way.reader.take();
        drop(way);
        wake(reader);
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut way = lock(&self.0);
        if let Some(bytes) = way.pieces.pop_front() {
            let writer = way.writer.take();
            drop(way);
            wake(writer);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if way.has_ended {
            return Poll::Ready(None);
        }
        way.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        let mut way = lock(&self.0);
        way.is_gone = true;
        way.pieces.clear();
        let writer = way.writer.take();
        drop(way);
        wake(writer);
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tokio::join;

    use super::*;

    async fn next(pieces: &mut Pieces) -> Option<Bytes> {
        let frame = pieces.frame().await?;
        frame.ok()?.into_data().ok()
    }

    #[tokio::test]
    async fn pieces_come_in_order_and_then_the_end() {
        let (mut body, mut pieces) = streaming_body();
        let written = async {
            for number in 0..100_u8 {
                body.send(Bytes::from(vec![number])).await.unwrap();
            }
            drop(body);
        };
        let read = async {
            let mut read = Vec::new();
            while let Some(piece) = next(&mut pieces).await {
                read.extend_from_slice(&piece);
            }
            read
        };

        let ((), read) = join!(written, read);

        assert_eq!(read, (0..100).collect::<Vec<u8>>());
    }

    #[tokio::test]
    async fn the_third_piece_waits_and_the_last_does_not() {
        let (mut body, mut pieces) = streaming_body();
        body.send(Bytes::from_static(b"1")).await.unwrap();
        body.send(Bytes::from_static(b"2")).await.unwrap();
        {
            let mut third = Box::pin(body.send(Bytes::from_static(b"3")));
            assert!(futures_util::poll!(&mut third).is_pending());
        }

        body.put(Bytes::from_static(b"end"));
        drop(body);

        let mut read = Vec::new();
        while let Some(piece) = next(&mut pieces).await {
            read.push(piece);
        }
        assert_eq!(read, ["1", "2", "end"]);
    }

    #[tokio::test]
    async fn whoever_writes_is_told_that_the_reader_has_left() {
        let (mut body, pieces) = streaming_body();
        body.send(Bytes::from_static(b"1")).await.unwrap();
        body.send(Bytes::from_static(b"2")).await.unwrap();

        let (sent, ()) = join!(body.send(Bytes::from_static(b"3")), async { drop(pieces) });

        assert_eq!(sent, Err(Gone));
        assert_eq!(body.send(Bytes::new()).await, Err(Gone));
    }
}
