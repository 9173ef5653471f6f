//! An answer that is opened with a call and then told event by event.

use std::future::ready;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::retry::{Called, calls};
use super::{AgentError, Ask};
use crate::event::Event;

/// Calls with `open` at the first poll, then takes one event after the other out of the answer.
///
/// The answer is boxed, because it is large and moves with every event.
pub(super) fn told<A, F, N>(
    ask: Ask,
    open: impl Fn(Ask) -> F + Send + 'static,
    next: fn(Box<A>) -> N,
) -> BoxStream<'static, Result<Event, AgentError>>
where
    A: Send + 'static,
    F: Future<Output = Result<A, AgentError>> + Send + 'static,
    N: Future<Output = Option<(Result<Event, AgentError>, Box<A>)>> + Send + 'static,
{
    calls(ask, open)
        .flat_map(move |called| match called {
            Called::Again => stream::once(ready(Ok(Event::Retried))).boxed(),
            Called::Answered(answer) => stream::unfold(Box::new(answer), next).boxed(),
            Called::Failed(error) => stream::once(ready(Err(error))).boxed(),
        })
        .boxed()
}
