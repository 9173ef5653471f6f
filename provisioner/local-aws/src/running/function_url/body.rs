//! A function's answer on its way to the client: each chunk the moment it comes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Sleep, sleep};

use crate::running::invocation::FunctionError;
use crate::services::lambda::Admission;

/// How long to wait before the connection is broken: a break at once would lose the last bytes.
const FLUSH: Duration = Duration::from_millis(20);

/// What is left of an answer, and the function's concurrency that it uses.
#[derive(Debug)]
pub(super) struct AnswerBody {
    /// The part of the body that came together with the head.
    begun: Bytes,
    rest: Option<(Receiver<Result<Bytes, FunctionError>>, Admission)>,
    /// Once the function has died: why, and when to break the connection.
    broken: Option<(FunctionError, Pin<Box<Sleep>>)>,
}

/// The function died in the middle of its answer. The connection ends without the last chunk, so
/// that a client sees that something is missing.
#[derive(Debug, thiserror::Error)]
#[error("the answer was broken off: {0}")]
pub(super) struct AnswerBroken(#[source] FunctionError);

impl AnswerBody {
    pub(super) fn new(
        begun: Bytes,
        rest: Receiver<Result<Bytes, FunctionError>>,
        admission: Admission,
    ) -> Self {
        Self {
            begun,
            rest: Some((rest, admission)),
            broken: None,
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerBroken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerBroken>>> {
        if !self.begun.is_empty() {
            let begun = std::mem::take(&mut self.begun);
            return Poll::Ready(Some(Ok(Frame::data(begun))));
        }
        if let Some((chunks, _)) = &mut self.rest {
            match ready!(chunks.poll_recv(context)) {
                Some(Ok(chunk)) => return Poll::Ready(Some(Ok(Frame::data(chunk)))),
                Some(Err(error)) if error.breaks_off() => {
                    self.broken = Some((error, Box::pin(sleep(FLUSH))));
                }
                // An error that the function reported behind its answer is for the log: the client
                // of a function URL sees a clean end.
                Some(Err(_)) | None => {}
            }
            self.rest = None;
        }
        if let Some((_, moment)) = &mut self.broken {
            ready!(moment.as_mut().poll(context));
        }
        let broken = self.broken.take();
        Poll::Ready(broken.map(|(error, _)| Err(AnswerBroken(error))))
    }
}

/// The client has left. The function does not learn of it: it runs to its end, unheard, and counts
/// as running until then.
impl Drop for AnswerBody {
    fn drop(&mut self) {
        if let Some((mut chunks, admission)) = self.rest.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                while chunks.recv().await.is_some() {}
                drop(admission);
            });
        }
    }
}
