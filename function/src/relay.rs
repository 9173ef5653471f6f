//! Any agent's stream becomes one that is numbered, timed, kept alive, and ends exactly once.

mod moment;
mod silence;
mod terms;

use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::future::{Either, select};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::{Instant, Sleep, sleep_until};

pub use self::moment::{AgentUsage, Moment, Next, Start, Totals};
use self::silence::{Due, Silence};
pub use self::terms::{Identity, Terms, Timing};
use crate::agent::{AgentError, Events, Failure, Pulse};
use crate::cause::Cause;
use crate::event::Event;
use crate::redact::redact;

/// One stream on its way to the client.
pub struct Relay {
    events: Events,
    terms: Terms,
    /// Heard, and not handed out yet.
    waiting: VecDeque<Event>,
    started: Instant,
    /// When the agent was last heard.
    heard: Instant,
    silence: Silence,
    /// Rings at the time that `silence` asks for, or before.
    alarm: Pin<Box<Sleep>>,
    phase: Phase,
    totals: Totals,
    /// Whether anything so far counts as an answer.
    has_answer: bool,
    outcome: Option<Outcome>,
    pulse: Pulse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Starting,
    Answering,
    /// The agent has ended properly; the waiting events still go out.
    Ending,
    Ended,
}

/// How a stream ended, for the log.
#[derive(Debug)]
pub struct Outcome {
    /// `None` for a complete answer.
    pub failure: Option<Failure>,
    pub cause: Option<Box<Cause>>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("phase", &self.phase)
            .field("totals", &self.totals)
            .finish_non_exhaustive()
    }
}

impl Relay {
    /// Relays `events`, which are not polled before `Start` has been handed out.
    pub fn new(events: Events, terms: Terms) -> Self {
        let now = Instant::now();
        Self {
            events,
            waiting: VecDeque::new(),
            started: now,
            heard: now,
            silence: Silence::new(terms.timing, now),
            alarm: Box::pin(sleep_until(now)),
            phase: Phase::Starting,
            totals: Totals::default(),
            has_answer: false,
            outcome: None,
            pulse: Pulse::default(),
            terms,
        }
    }

    /// The same, for an agent whose bytes beat `pulse`.
    #[must_use]
    pub fn with_pulse(mut self, pulse: Pulse) -> Self {
        self.pulse = pulse;
        self
    }

    /// Waits for what the client gets next; `None` after the end.
    pub async fn next(&mut self) -> Option<Next> {
        self.silence.listen(Instant::now());
        loop {
            if self.phase == Phase::Ended {
                return None;
            }
            if let Some(moment) = self.take() {
                return Some(Next::Moment(moment));
            }
            let wake = self.silence.wake();
            // Not at every chunk: each reset interrupts the thread that waits for the sockets.
            if wake < self.alarm.deadline() || self.alarm.is_elapsed() {
                self.alarm.as_mut().reset(wake);
            }
            // Asks the agent first. Not `tokio::select!`, which loads more code for each chunk.
            let heard = match select(self.events.next(), &mut self.alarm).await {
                Either::Left((item, _)) => Some(item),
                Either::Right(_) => None,
            };
            let failed = match heard {
                Some(item) => self.hear(item),
                None => match self.due() {
                    None => None,
                    Some(Due::KeepAlive) => return Some(Next::KeepAlive),
                    Some(Due::Idle) => self.fail(Failure::Idle.into()),
                    Some(Due::Deadline) => self.fail(Failure::Deadline.into()),
                },
            };
            if let Some(moment) = failed {
                return Some(Next::Moment(moment));
            }
        }
    }

    /// A moment that is there already; `None` when one has to be waited for, or after the end.
    pub fn ready(&mut self) -> Option<Moment> {
        loop {
            if self.phase == Phase::Starting {
                return None;
            }
            if let Some(moment) = self.take() {
                return Some(moment);
            }
            if self.phase != Phase::Answering {
                return None;
            }
            let item = self.events.next().now_or_never()?;
            // A busy agent does not run past the deadline unseen: `hear` looks at the time.
            if let Some(failed) = self.hear(item) {
                return Some(failed);
            }
        }
    }

    /// Ends the stream as failed, unless it has ended.
    pub fn fail(&mut self, error: AgentError) -> Option<Moment> {
        if self.phase == Phase::Ended {
            return None;
        }
        let AgentError { failure, cause } = error;
        let failure = Some(failure);
        Some(self.end(Outcome { failure, cause }))
    }

    /// The sums so far.
    pub fn totals(&self) -> Totals {
        Totals {
            elapsed: self.started.elapsed(),
            has_begun: self.pulse.last().is_some(),
            ..self.totals.clone()
        }
    }

    /// How the stream ended; `None` as long as it has not.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// What is due after a silence, in which bytes without a meaning may have come.
    fn due(&mut self) -> Option<Due> {
        if let Some(alive) = self.pulse.last() {
            self.silence.hear(alive);
        }
        self.silence.due(Instant::now())
    }

    /// Takes in what the agent says; a moment when that fails the stream.
    fn hear(&mut self, item: Option<Result<Event, AgentError>>) -> Option<Moment> {
        let now = Instant::now();
        if self.silence.is_late(now) {
            return self.fail(Failure::Deadline.into());
        }
        self.heard = now;
        self.silence.hear(now);
        match item {
            Some(Ok(Event::Usage { agent, usage })) => self.totals.spend(agent, usage),
            Some(Ok(Event::Retried)) => self.totals.retries += 1,
            Some(Ok(Event::Unknown)) => self.totals.unknown += 1,
            Some(Ok(Event::Unread(reason))) => {
                self.totals.unknown += 1;
                self.totals.unknown_reason.get_or_insert(reason);
            }
            Some(Ok(event)) => {
                if let Some(event) = redact(event, self.terms.trace) {
                    self.terms.council.hear(event, &mut self.waiting);
                }
            }
            Some(Err(error)) => return self.fail(error),
            None if !self.has_answer => return self.fail(Failure::Empty.into()),
            None => {
                self.phase = Phase::Ending;
                self.terms.council.end(&mut self.waiting);
            }
        }
        None
    }

    /// The next moment, if nothing more needs to be heard for it.
    fn take(&mut self) -> Option<Moment> {
        if self.phase == Phase::Starting {
            return Some(self.start());
        }
        if let Some(event) = self.waiting.pop_front() {
            return Some(self.number(event));
        }
        let (failure, cause) = (None, None);
        (self.phase == Phase::Ending).then(|| self.end(Outcome { failure, cause }))
    }

    fn start(&mut self) -> Moment {
        self.phase = Phase::Answering;
        let identity = &self.terms.identity;
        Moment::Start(Start {
            session_id: identity.session_id.clone(),
            request_id: identity.request_id.clone(),
            agent: self.terms.council.chair().to_owned(),
            at: (self.terms.clock)(),
        })
    }

    /// Gives an event its number and its time.
    fn number(&mut self, event: Event) -> Moment {
        match &event {
            Event::Chunk { content, .. } => {
                self.has_answer = true;
                self.totals.chunks += 1;
                self.totals.bytes += content.len() as u64;
                let elapsed = self.heard - self.started;
                self.totals.first_chunk.get_or_insert(elapsed);
            }
            // These are an answer, too, without any text.
            Event::AskBack(_) | Event::ClientCall(_) | Event::File { .. } | Event::Data { .. } => {
                self.has_answer = true;
            }
            _ => {}
        }
        Moment::Event {
            event,
            chunk_number: self.totals.chunks,
            at: (self.terms.clock)(),
        }
    }

    /// The only way to the end of a stream.
    fn end(&mut self, outcome: Outcome) -> Moment {
        self.phase = Phase::Ended;
        // Closes the connection to the upstream now: sending the end may take a slow client long.
        self.events = futures_util::stream::empty().boxed();
        self.waiting.clear();
        let failure = outcome.failure;
        self.outcome = Some(outcome);
        let totals = self.totals();
        let at = (self.terms.clock)();
        let identity = &self.terms.identity;
        match failure {
            None => Moment::Complete {
                session_id: identity.session_id.clone(),
                agent_id: identity.agent_id.clone(),
                totals,
                at,
            },
            Some(failure) => Moment::Failed {
                failure,
                totals,
                at,
            },
        }
    }
}

#[cfg(test)]
mod tests;
