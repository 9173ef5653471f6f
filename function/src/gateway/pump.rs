//! What the relay tells goes out: together where it is ready together, and at once.

use std::future::poll_fn;
use std::task::Poll;

use bytes::BytesMut;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::prelude::send_prelude;
use super::{Gone, ResponseBody};
use crate::dialect::Dialect;
use crate::relay::{Moment, Relay};

/// Enough to make a write worth its system call, little enough to stay flat in memory.
const COALESCED_BYTES: usize = 32 * 1024;

/// Sends what the relay tells until it has ended or nobody reads on.
///
/// What is ready now goes out together and what comes alone goes out at once; nothing is ever held
/// back by a timer.
pub(super) async fn pump(
    relay: &mut Relay,
    dialect: &mut dyn Dialect,
    pending: &mut Pending,
    body: &mut impl ResponseBody,
) -> Result<(), Gone> {
    while let Some(moment) = relay.next().await {
        dialect.encode(&moment, &mut pending.bytes);
        match moment {
            // Its `Start` is there already.
            Moment::Open => {}
            Moment::Start { .. } => {
                pending.send(dialect, body).await?;
                // The connection's turn: asking the agent takes a while, and nothing waits for that.
                yield_now().await;
            }
            _ => {
                gather(relay, dialect, &mut pending.bytes).await;
                pending.send(dialect, body).await?;
            }
        }
    }
    Ok(())
}

/// Adds what is ready to what goes out now.
async fn gather(relay: &mut Relay, dialect: &mut dyn Dialect, pending: &mut BytesMut) {
    // hyper hands over one frame per wake-up: one turn of the scheduler lets it bring the next.
    for turn in 0..2 {
        while pending.len() < COALESCED_BYTES
            && let Some(moment) = relay.ready()
        {
            dialect.encode(&moment, pending);
        }
        if turn == 0 {
            others_turn().await;
        }
    }
}

/// Lets the tasks that are ready run once. Unlike `yield_now` it does not ask the system for new
/// readiness: what has been read is to be handed over, and that needs no system call.
async fn others_turn() {
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

/// What has been encoded and not been sent.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) bytes: BytesMut,
    head_is_sent: bool,
    /// When the first bytes of the body went out.
    pub(super) first_sent: Option<Instant>,
}

impl Pending {
    /// Sends everything, unless the dialect does not know its status yet.
    pub(super) async fn send(
        &mut self,
        dialect: &dyn Dialect,
        body: &mut impl ResponseBody,
    ) -> Result<(), Gone> {
        if !self.head_is_sent {
            let Some(head) = dialect.head() else {
                return Ok(());
            };
            self.head_is_sent = true;
            send_prelude(body, head).await?;
        }
        if self.bytes.is_empty() {
            return Ok(());
        }
        body.send(self.bytes.split().freeze()).await?;
        self.first_sent.get_or_insert_with(Instant::now);
        Ok(())
    }
}
