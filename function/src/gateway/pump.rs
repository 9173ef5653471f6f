//! The relay's moments go out: in one write what is ready together, and each write at once. No timer
//! ever holds anything back.

use std::future::poll_fn;
use std::task::Poll;

use bytes::{BufMut as _, BytesMut};
use tokio::task::yield_now;
use tokio::time::Instant;

use super::body::{Gone, ResponseBody};
use super::prelude::send_prelude;
use crate::dialect::Dialect;
use crate::relay::{Moment, Next, Relay};

/// The first bytes of a stream: they go out before the agent is asked.
const OPEN: &[u8] = b": open\n\n";
/// A comment: it keeps proxies from closing a silent connection, and clients ignore it.
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";
/// The size of a write: large enough to be worth its system call, small enough to stay flat in
/// memory.
const COALESCED_BYTES: usize = 32 * 1024;

/// Sends what the relay has until the stream has ended or the reader has left.
pub(super) async fn pump(
    relay: &mut Relay,
    output: &mut Output<'_, impl ResponseBody>,
) -> Result<(), Gone> {
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
    head_is_sent: bool,
    first_sent: Option<Instant>,
}

impl<'a, B: ResponseBody> Output<'a, B> {
    pub(super) fn new(dialect: &'a mut dyn Dialect, body: &'a mut B) -> Self {
        Self {
            dialect,
            body,
            pending: BytesMut::new(),
            head_is_sent: false,
            first_sent: None,
        }
    }

    pub(super) fn encode(&mut self, moment: &Moment) {
        self.dialect.encode(moment, &mut self.pending);
    }

    /// Sends what is pending, unless the dialect does not know its head yet.
    pub(super) async fn send(&mut self) -> Result<(), Gone> {
        if !self.head_is_sent {
            let Some(head) = self.dialect.head() else {
                return Ok(());
            };
            self.head_is_sent = true;
            send_prelude(self.body, head).await?;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        self.body.send(self.pending.split().freeze()).await?;
        self.first_sent.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// When the first bytes of the body went out.
    pub(super) fn first_sent(&self) -> Option<Instant> {
        self.first_sent
    }

    /// Adds a comment to a stream. An answer in one piece, whose head is unknown up to its end, has
    /// no place for comments.
    fn comment(&mut self, comment: &[u8]) {
        if self.head_is_sent || self.dialect.head().is_some() {
            self.pending.put_slice(comment);
        }
    }
}
