//! An answer that is opened with a call and then told event by event.

use std::future::ready;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::AgentError;
use crate::event::Event;

/// Calls with `open` at the first poll, then takes one event after the other out of the answer.
///
/// The answer is boxed, because it is large and moves with every event.
pub(super) fn told<A, N>(
    open: impl Future<Output = Result<A, AgentError>> + Send + 'static,
    next: fn(Box<A>) -> N,
) -> BoxStream<'static, Result<Event, AgentError>>
where
    A: Send + 'static,
    N: Future<Output = Option<(Result<Event, AgentError>, Box<A>)>> + Send + 'static,
{
    stream::once(async move {
        match open.await {
            Ok(answer) => stream::unfold(Box::new(answer), next).boxed(),
            Err(error) => stream::once(ready(Err(error))).boxed(),
        }
    })
    .flatten()
    .boxed()
}
