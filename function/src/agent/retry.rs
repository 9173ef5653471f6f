//! A call that AWS throttles is made again, twice at most and within seconds. No other call ever is.
//!
//! A throttled call was turned away at the door: no run has begun, so another try repeats nothing.
//! Behind every other failure a run may go on, cost money and act: behind throttling inside the
//! stream, a timeout, a lost connection, a 5xx. Whether to ask again is then the caller's choice, and
//! `retryable` tells the caller whether it may help.
//!
//! The relay counts each [`Event::Retried`] as a sign of life, so its idle timeout has no part in
//! the decision here; it also keeps the client's connection alive during the waits.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, ready};
use futures_util::stream;
use tokio::time::Instant;

use super::answer::Events;
use super::ask::{Ask, Patience, RETRIES};
use super::failure::{AgentError, Failure};
use crate::event::Event;

/// The longest wait before the first retry; each further one may take twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The time for all retries, from the first call on: AWS throttles at once, and people do not wait
/// longer for the few calls that it throttles late.
const BUDGET: Duration = Duration::from_secs(3);
/// The least time before the deadline in which a retry is worth making: the answer needs some of
/// it, and `throttled` tells a client more than `deadline` does.
const TIME_TO_ANSWER: Duration = Duration::from_secs(5);

/// Random bytes for [`Patience`]; the longest waits where the kernel has none.
pub fn jitter() -> [u8; RETRIES] {
    let mut jitter = [0; RETRIES];
    match getrandom::fill(&mut jitter) {
        Ok(()) => jitter,
        Err(_) => [u8::MAX; RETRIES],
    }
}

impl Patience {
    /// How long to wait before retry number `retry`, counted from 0; `None` when there is no such
    /// retry. `first` is when the first call was made.
    fn wait(&self, retry: usize, first: Instant, now: Instant) -> Option<Duration> {
        let jitter = *self.jitter.get(retry)?;
        let longest = FIRST_WAIT * (1 << retry);
        let wait = longest * u32::from(jitter) / u32::from(u8::MAX);
        let next = now + wait;
        let is_soon = next <= first + BUDGET;
        let is_in_time = self
            .deadline
            .is_none_or(|deadline| next + TIME_TO_ANSWER <= deadline);
        (is_soon && is_in_time).then_some(wait)
    }
}

/// Makes the call. Boxed, so that all upstreams share one loop around it in the binary.
pub(super) type Open =
    Box<dyn Fn(Arc<Ask>) -> BoxFuture<'static, Result<Events, AgentError>> + Send>;

/// Calls with `open` until there is an answer or a failure that stays. Each call becomes a stream:
/// [`Event::Retried`], the answer's events, or the failure.
pub(super) fn with_retries(ask: Ask, open: Open) -> Events {
    let next_call = NextCall {
        ask: Arc::new(ask),
        open,
        first: None,
        retries: 0,
        wait: Duration::ZERO,
    };
    stream::unfold(Some(next_call), |next_call| async {
        Some(next_call?.make().await)
    })
    .flatten()
    .boxed()
}

struct NextCall {
    ask: Arc<Ask>,
    open: Open,
    /// When the first call was made.
    first: Option<Instant>,
    /// How many retries have been made so far.
    retries: usize,
    /// How long to wait before this call.
    wait: Duration,
}

impl NextCall {
    /// The events of this call, and the call after it, if there is one.
    async fn make(mut self) -> (Events, Option<Self>) {
        if !self.wait.is_zero() {
            tokio::time::sleep(self.wait).await;
        }
        let first = *self.first.get_or_insert_with(Instant::now);
        let error = match (self.open)(Arc::clone(&self.ask)).await {
            Ok(events) => return (events, None),
            Err(error) => error,
        };
        if error.failure == Failure::Throttled
            && let Some(wait) = self.ask.patience.wait(self.retries, first, Instant::now())
        {
            self.wait = wait;
            self.retries += 1;
            return (only(Ok(Event::Retried)), Some(self));
        }
        (only(Err(error)), None)
    }
}

fn only(item: Result<Event, AgentError>) -> Events {
    stream::once(ready(item)).boxed()
}

#[cfg(test)]
mod tests;
