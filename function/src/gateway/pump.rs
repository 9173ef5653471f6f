//! The relay's moments go out: in one write what is ready together, and each write at once. No timer
//! ever holds anything back.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::{BufMut as _, BytesMut};
use futures_util::future::{Either, select};
use http::StatusCode;
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep_until};

use super::body::{Gone, ResponseBody};
use super::ending::Ending;
use super::prelude::{prelude, send_prelude};
use crate::agent::Failure;
use crate::dialect::Dialect;
use crate::relay::{Moment, Next, Relay};

/// The first bytes of a stream: they go out before the agent is asked.
const OPEN: &[u8] = b": open\n\n";
/// A comment: it keeps proxies from closing a silent connection, and clients ignore it.
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";
/// The size of a write: large enough to be worth its system call, small enough to stay flat in
/// memory.
const COALESCED_BYTES: usize = 32 * 1024;

/// Why nothing more is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    Gone,
    /// The answer should have ended by now, and the reader has not taken what there was before the end.
    Late,
}

/// Sends what the relay has until the stream has ended or the reader has left. A reader that stops
/// reading keeps neither the agent nor the function beyond the planned end.
pub(super) async fn pump(relay: &mut Relay, output: &mut Output<'_, impl ResponseBody>) {
    if pump_in_time(relay, output).await == Err(Stopped::Late) {
        // Ends the call of the agent, too.
        if let Some(moment) = relay.fail(Failure::Deadline.into()) {
            output.encode(&moment);
        }
        output.put_last();
    }
}

async fn pump_in_time(
    relay: &mut Relay,
    output: &mut Output<'_, impl ResponseBody>,
) -> Result<(), Stopped> {
    output.comment(OPEN);
    while let Some(next) = relay.next().await {
        let starts = matches!(next, Next::Moment(Moment::Start(_)));
        match next {
            Next::Moment(moment) => output.encode(&moment),
            Next::KeepAlive => output.comment(KEEP_ALIVE),
        }
        if starts {
            output.send().await?;
            // Lets the connection write first: the call of the agent, which is next, takes a while.
            yield_now().await;
        } else {
            gather(relay, output).await;
            output.send().await?;
        }
    }
    Ok(())
}

/// Adds to a write what is ready by now.
async fn gather(relay: &mut Relay, output: &mut Output<'_, impl ResponseBody>) {
    // hyper hands over one frame per wake-up; one turn of the scheduler lets it bring the next.
    for turn in 0..2 {
        while output.pending.len() < COALESCED_BYTES
            && let Some(moment) = relay.ready()
        {
            output.encode(&moment);
        }
        if turn == 0 {
            turn_of_others().await;
        }
    }
}

/// Lets each task that is ready run once. Unlike `yield_now` it costs no system call, because it does
/// not ask for new readiness: what hyper has read only needs to be handed over.
async fn turn_of_others() {
    let mut taken = false;
    poll_fn(|context| {
        if std::mem::replace(&mut taken, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Where the moments of one stream become bytes and leave.
pub(super) struct Output<'a, B> {
    dialect: &'a mut dyn Dialect,
    body: &'a mut B,
    /// Encoded and not sent yet.
    pending: BytesMut,
    /// The status that was sent.
    status: Option<StatusCode>,
    first_sent: Option<Instant>,
    /// Rings at the planned end. Nobody listens unless the reader makes us wait.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<'a, B: ResponseBody> Output<'a, B> {
    pub(super) fn new(
        dialect: &'a mut dyn Dialect,
        body: &'a mut B,
        ending: Option<Ending>,
    ) -> Self {
        Self {
            dialect,
            body,
            pending: BytesMut::new(),
            status: None,
            first_sent: None,
            alarm: ending.map(|ending| Box::pin(sleep_until(ending.planned))),
        }
    }

    pub(super) fn encode(&mut self, moment: &Moment) {
        self.dialect.encode(moment, &mut self.pending);
    }

    /// Sends what is pending, unless the dialect does not know its head yet.
    pub(super) async fn send(&mut self) -> Result<(), Stopped> {
        if self.status.is_none() {
            let Some(head) = self.dialect.head() else {
                return Ok(());
            };
            self.status = Some(head.status);
            in_time(self.alarm.as_mut(), send_prelude(self.body, head)).await?;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        // Mostly there is room: waiting for it with an alarm is code that a chunk need not load.
        if !self.body.has_room() {
            in_time(self.alarm.as_mut(), self.body.room()).await?;
        }
        self.body.put(self.pending.split().freeze());
        self.first_sent.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Sends what is left, without waiting for the reader.
    pub(super) fn put_last(&mut self) {
        if self.status.is_none()
            && let Some(head) = self.dialect.head()
        {
            self.status = Some(head.status);
            // Before its first bytes a body has room for both.
            for piece in prelude(head) {
                self.body.put(piece);
            }
        }
        self.body.put(self.pending.split().freeze());
    }

    /// The status that the client got; `None` if it got none.
    pub(super) fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// When the first bytes of the body went out.
    pub(super) fn first_sent(&self) -> Option<Instant> {
        self.first_sent
    }

    /// Adds a comment to a stream. An answer in one piece, whose head is unknown up to its end, has
    /// no place for comments.
    fn comment(&mut self, comment: &[u8]) {
        if self.status.is_some() || self.dialect.head().is_some() {
            self.pending.put_slice(comment);
        }
    }
}

/// Waits for the reader to take what was sent, up to the planned end.
async fn in_time(
    alarm: Option<&mut Pin<Box<Sleep>>>,
    sent: impl Future<Output = Result<(), Gone>>,
) -> Result<(), Stopped> {
    let sent = match alarm {
        None => sent.await,
        // Asks for the reader first. Not `tokio::select!`, which loads more code for each chunk.
        Some(alarm) => match select(pin!(sent), alarm).await {
            Either::Left((sent, _)) => sent,
            Either::Right(_) => return Err(Stopped::Late),
        },
    };
    sent.map_err(|Gone| Stopped::Gone)
}
