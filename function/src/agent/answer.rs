//! An answer that AWS has begun to give becomes a stream of events.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::failure::AgentError;
use super::pulse::Pulse;
use crate::event::Event;

/// The events of one answer, in order; an error is the last of them.
pub type Events = BoxStream<'static, Result<Event, AgentError>>;

/// An answer under way.
pub(super) trait Answer: Send + 'static {
    /// Waits for the upstream's next message and appends the events in it. An error counts after
    /// these events.
    fn read(
        &mut self,
        events: &mut VecDeque<Event>,
    ) -> impl Future<Output = Result<Progress, AgentError>> + Send;
}

/// Whether an answer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    GoesOn,
    /// It has ended properly.
    Ended,
}

/// Takes one event after the other out of `answer`; what makes no event beats `pulse`.
pub(super) fn events(answer: impl Answer, pulse: Pulse) -> Events {
    // Boxed: it is large and moves with every event.
    let reading = Box::new(Reading {
        answer,
        pulse,
        events: VecDeque::new(),
        end: None,
    });
    stream::unfold(reading, Reading::next).boxed()
}

struct Reading<A> {
    answer: A,
    pulse: Pulse,
    /// What has been read and not taken yet.
    events: VecDeque<Event>,
    /// How the answer has ended; its error waits until the events before it are taken.
    end: Option<Result<(), AgentError>>,
}

impl<A: Answer> Reading<A> {
    async fn next(mut self: Box<Self>) -> Option<(Result<Event, AgentError>, Box<Self>)> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some((Ok(event), self));
            }
            if let Some(end) = &mut self.end {
                let error = std::mem::replace(end, Ok(())).err()?;
                return Some((Err(error), self));
            }
            match self.answer.read(&mut self.events).await {
                // Events are signs of life themselves.
                Ok(Progress::GoesOn) if self.events.is_empty() => self.pulse.beat(),
                Ok(Progress::GoesOn) => {}
                Ok(Progress::Ended) => self.end = Some(Ok(())),
                Err(error) => self.end = Some(Err(error)),
            }
        }
    }
}
