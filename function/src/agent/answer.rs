//! An answer that is opened with a call and then told event by event.

use std::collections::VecDeque;
use std::future::ready;

use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, Stream, StreamExt as _};

use super::retry::{Called, calls};
use super::{AgentError, Ask};
use crate::event::Event;

/// An answer under way.
pub(super) trait Answer: Send + 'static {
    /// Waits for what the upstream says next and appends the events that it tells of; `false` when
    /// the answer has ended properly.
    fn more(
        &mut self,
        events: &mut VecDeque<Event>,
    ) -> impl Future<Output = Result<bool, AgentError>> + Send;
}

/// Events of one answer, in the order in which they are told.
type Events = BoxStream<'static, Result<Event, AgentError>>;

/// Calls with `open` at the first poll, then takes one event after the other out of the answer.
pub(super) fn told<A, F>(ask: Ask, open: impl Fn(Ask) -> F + Send + 'static) -> Events
where
    A: Answer,
    F: Future<Output = Result<A, AgentError>> + Send + 'static,
{
    let open = move |ask| {
        let opening = open(ask);
        async move { Ok(telling(opening.await?)) }.boxed()
    };
    told_by(calls(ask, Box::new(open)))
}

/// What there is to tell of these calls.
fn told_by(calls: impl Stream<Item = Called<Events>> + Send + 'static) -> Events {
    let events = calls.flat_map(|called| match called {
        Called::Again => stream::once(ready(Ok(Event::Retried))).boxed(),
        Called::Answered(events) => events,
        Called::Failed(error) => stream::once(ready(Err(error))).boxed(),
    });
    events.boxed()
}

/// What there is to tell of one answer.
fn telling(answer: impl Answer) -> Events {
    let telling = Telling {
        answer,
        events: VecDeque::new(),
        has_ended: false,
        failed: None,
    };
    stream::unfold(Box::new(telling), Telling::next).boxed()
}

/// An answer and what of it is still to be told. Boxed, because it is large and moves with every
/// event.
struct Telling<A> {
    answer: A,
    events: VecDeque<Event>,
    has_ended: bool,
    /// Waits until what came before it has been told.
    failed: Option<AgentError>,
}

impl<A: Answer> Telling<A> {
    async fn next(mut self: Box<Self>) -> Option<(Result<Event, AgentError>, Box<Self>)> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some((Ok(event), self));
            }
            if self.has_ended {
                let failed = self.failed.take()?;
                return Some((Err(failed), self));
            }
            match self.answer.more(&mut self.events).await {
                Ok(goes_on) => self.has_ended = !goes_on,
                Err(error) => {
                    self.has_ended = true;
                    self.failed = Some(error);
                }
            }
        }
    }
}
