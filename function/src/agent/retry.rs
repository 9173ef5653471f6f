//! A call that AWS throttles is made again, twice at most and within seconds. Nothing else ever is.
//!
//! A throttled call was turned away at the door: no run has begun, so another try repeats nothing.
//! All other failures may come from a run that goes on, costs money and acts: a throttling inside the
//! stream, a timeout, a connection that was lost, a 5xx. Whether to ask again is the caller's choice
//! there, who is told with `retryable`.
//!
//! Each refusal counts as a sign of life: the relay's idle timeout starts anew with it, so it needs
//! no part in the decision. The relay keeps the client's connection alive meanwhile.

use std::time::Duration;

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream;
use tokio::time::Instant;

use super::{AgentError, Ask, Failure};

/// How often a throttled call is made again.
pub const RETRIES: usize = 2;
/// The longest wait before the first of these; each further one may take twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Counted from the first call: AWS throttles at once, and where it does not, nobody waits for more.
const BUDGET: Duration = Duration::from_secs(3);
/// What is left before the deadline at least: an answer needs some time, and `throttled` tells a
/// client more than `deadline` does.
const TIME_TO_ANSWER: Duration = Duration::from_secs(5);

/// What limits the tries of a throttled call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    /// When the answer must have ended.
    pub deadline: Option<Instant>,
    /// How much of each longest wait is waited, in 255ths: random, so that callers who were refused
    /// together do not come back together.
    pub jitter: [u8; RETRIES],
}

/// Random bytes, or the longest waits where the kernel has none.
pub fn jitter() -> [u8; RETRIES] {
    let mut jitter = [0; RETRIES];
    match getrandom::fill(&mut jitter) {
        Ok(()) => jitter,
        Err(_) => [u8::MAX; RETRIES],
    }
}

impl Patience {
    /// How long to wait before retry number `retry`, counted from 0; `None` when there is none.
    /// `first` is when the first call was made.
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

/// What came of one call.
#[derive(Debug)]
pub(super) enum Called<A> {
    /// Throttled; it is made again.
    Again,
    Answered(A),
    Failed(AgentError),
}

/// How an agent is called. Boxed: all agents share one loop around it, not one each in the binary.
pub(super) type Open<A> = Box<dyn Fn(Ask) -> BoxFuture<'static, Result<A, AgentError>> + Send>;

/// Calls with `open` until there is an answer or a failure that stays.
pub(super) fn calls<A: Send + 'static>(
    ask: Ask,
    open: Open<A>,
) -> impl Stream<Item = Called<A>> + Send {
    let tries = Tries {
        ask,
        open,
        first: None,
        retries: 0,
        wait: Duration::ZERO,
    };
    stream::unfold(Some(tries), |tries| async move {
        let mut tries = tries?;
        if !tries.wait.is_zero() {
            tokio::time::sleep(tries.wait).await;
        }
        let first = *tries.first.get_or_insert_with(Instant::now);
        let error = match (tries.open)(tries.ask.clone()).await {
            Ok(answer) => return Some((Called::Answered(answer), None)),
            Err(error) if error.failure != Failure::Throttled => error,
            Err(error) => {
                let patience = tries.ask.patience;
                if let Some(wait) = patience.wait(tries.retries, first, Instant::now()) {
                    tries.wait = wait;
                    tries.retries += 1;
                    return Some((Called::Again, Some(tries)));
                }
                error
            }
        };
        Some((Called::Failed(error), None))
    })
}

/// The calls that are left.
struct Tries<A> {
    ask: Ask,
    open: Open<A>,
    /// When the first call was made.
    first: Option<Instant>,
    retries: usize,
    /// Before the next one.
    wait: Duration,
}

#[cfg(test)]
mod tests;
