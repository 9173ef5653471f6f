//! Any agent's stream becomes one that is numbered, timed, kept alive, and ends exactly once.

mod moment;
mod terms;

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::time::{Instant, Sleep, sleep_until};

pub use self::moment::{AgentUsage, Moment, Totals};
pub use self::terms::{Identity, Terms, Timing};
use crate::agent::{AgentError, Failure};
use crate::event::{Event, Usage};
use crate::redact::redact;

/// One stream on its way to the client.
pub struct Relay {
    events: BoxStream<'static, Result<Event, AgentError>>,
    terms: Terms,
    /// Events to tell before more is heard.
    waiting: VecDeque<Event>,
    started: Instant,
    heard: Instant,
    /// How long the agent has said nothing, as far as anybody listened.
    silence: Duration,
    /// Rings when it is time to break the silence, or before.
    alarm: Pin<Box<Sleep>>,
    phase: Phase,
    totals: Totals,
    /// Whether the agent has said anything that counts as an answer.
    answered: bool,
    outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Opening,
    Starting,
    Answering,
    /// The agent has ended properly; what is waiting is still told.
    Ending,
    Ended,
}

/// How a stream ended, for the log.
#[derive(Debug)]
pub struct Outcome {
    /// `None` for a complete answer.
    pub failure: Option<Failure>,
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
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
    /// Relays `events`, which are not polled before `Open` and `Start` have been told.
    pub fn new(events: BoxStream<'static, Result<Event, AgentError>>, terms: Terms) -> Self {
        let now = Instant::now();
        Self {
            events,
            terms,
            waiting: VecDeque::new(),
            started: now,
            heard: now,
            silence: Duration::ZERO,
            alarm: Box::pin(sleep_until(now)),
            phase: Phase::Opening,
            totals: Totals::default(),
            answered: false,
            outcome: None,
        }
    }

    /// The next moment, when it comes; `None` after the end.
    ///
    /// Silence is counted from here on only: whoever has just spent minutes on telling a slow client
    /// the last moment has not listened, and the agent may have waited for that.
    pub async fn next(&mut self) -> Option<Moment> {
        let mut listening = Instant::now();
        let keep_alive = listening + self.terms.timing.keep_alive;
        loop {
            match self.phase {
                Phase::Opening => {
                    self.phase = Phase::Starting;
                    return Some(Moment::Open);
                }
                Phase::Starting => {
                    self.phase = Phase::Answering;
                    return Some(Moment::Start {
                        session_id: self.terms.identity.session_id.clone(),
                        request_id: self.terms.identity.request_id.clone(),
                        agent: self.terms.council.chair().to_owned(),
                        at: (self.terms.clock)(),
                    });
                }
                Phase::Answering | Phase::Ending => {
                    if let Some(moment) = self.tell() {
                        return Some(moment);
                    }
                }
                Phase::Ended => return None,
            }
            let patience = self.terms.timing.idle_timeout.saturating_sub(self.silence);
            let idle = listening + patience;
            let give_up = self.terms.timing.deadline.map_or(idle, |end| end.min(idle));
            let wake = give_up.min(keep_alive);
            // Not with every chunk: it interrupts the thread that waits for the sockets.
            if wake < self.alarm.deadline() || self.alarm.is_elapsed() {
                self.alarm.as_mut().reset(wake);
            }
            tokio::select! {
                biased;
                item = self.events.next() => {
                    listening = Instant::now();
                    if let Some(end) = self.hear(item) {
                        return Some(end);
                    }
                }
                () = &mut self.alarm => {
                    if Instant::now() < wake {
                        continue;
                    }
                    self.silence += listening.elapsed();
                    return Some(self.silent(idle));
                }
            }
        }
    }

    /// A moment that is there already; `None` when one has to wait, or after the end.
    pub fn ready(&mut self) -> Option<Moment> {
        loop {
            if let Some(moment) = self.tell() {
                return Some(moment);
            }
            // A busy agent must not run past the deadline unseen.
            if self.phase != Phase::Answering || self.is_late() {
                return None;
            }
            let item = self.events.next().now_or_never()?;
            if let Some(end) = self.hear(item) {
                return Some(end);
            }
        }
    }

    /// Ends the stream as failed, unless it has ended.
    pub fn fail(&mut self, error: AgentError) -> Option<Moment> {
        if self.phase == Phase::Ended {
            return None;
        }
        let AgentError { failure, cause } = error;
        let totals = self.end(Some(failure), cause);
        Some(Moment::Failed {
            failure,
            totals,
            at: (self.terms.clock)(),
        })
    }

    /// The sums so far.
    pub fn totals(&self) -> Totals {
        Totals {
            elapsed: self.started.elapsed(),
            ..self.totals.clone()
        }
    }

    /// How the stream ended; `None` as long as it has not.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    fn is_late(&self) -> bool {
        self.terms
            .timing
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Takes in what the agent says; a moment when that fails the stream.
    fn hear(&mut self, item: Option<Result<Event, AgentError>>) -> Option<Moment> {
        if self.is_late() {
            return self.fail(Failure::Deadline.into());
        }
        self.heard = Instant::now();
        self.silence = Duration::ZERO;
        match item {
            Some(Ok(Event::Usage { agent, usage })) => self.account(agent, usage),
            Some(Ok(Event::Retried)) => self.totals.retries += 1,
            Some(Ok(Event::Unknown)) => self.totals.unknown += 1,
            Some(Ok(event)) => {
                if let Some(event) = redact(event, self.terms.trace) {
                    self.terms.council.hear(event, &mut self.waiting);
                }
            }
            Some(Err(error)) => return self.fail(error),
            None if !self.answered => return self.fail(Failure::Empty.into()),
            None => {
                self.phase = Phase::Ending;
                self.terms.council.end(&mut self.waiting);
            }
        }
        None
    }

    /// The next moment out of what has been heard.
    fn tell(&mut self) -> Option<Moment> {
        let at = || (self.terms.clock)();
        let Some(event) = self.waiting.pop_front() else {
            if self.phase != Phase::Ending {
                return None;
            }
            let at = at();
            let totals = self.end(None, None);
            return Some(Moment::Complete {
                session_id: self.terms.identity.session_id.clone(),
                agent_id: self.terms.identity.agent_id.clone(),
                totals,
                at,
            });
        };
        match &event {
            Event::Chunk { content, .. } => {
                self.answered = true;
                self.totals.chunks += 1;
                let elapsed = self.heard - self.started;
                self.totals.first_chunk.get_or_insert(elapsed);
                self.totals.bytes += content.len() as u64;
            }
            // An answer without text, too.
            Event::ReturnControl { .. } | Event::File { .. } | Event::Data { .. } => {
                self.answered = true;
            }
            _ => {}
        }
        Some(Moment::Event {
            event,
            chunk_number: self.totals.chunks,
            at: at(),
        })
    }

    fn account(&mut self, agent: String, usage: Usage) {
        self.totals.usage += usage;
        let by_agent = &mut self.totals.by_agent;
        match by_agent.iter_mut().find(|known| known.agent == agent) {
            Some(known) => known.usage += usage,
            None => by_agent.push(AgentUsage { agent, usage }),
        }
    }

    fn silent(&mut self, idle: Instant) -> Moment {
        let failure = if self.is_late() {
            Failure::Deadline
        } else if Instant::now() >= idle {
            Failure::Idle
        } else {
            return Moment::KeepAlive;
        };
        self.fail(failure.into()).unwrap_or(Moment::KeepAlive)
    }

    fn end(
        &mut self,
        failure: Option<Failure>,
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Totals {
        self.phase = Phase::Ended;
        // Lets go of the upstream's connection now: whoever tells the end may take its time.
        self.events = futures_util::stream::empty().boxed();
        self.waiting.clear();
        self.outcome = Some(Outcome { failure, cause });
        self.totals()
    }
}

#[cfg(test)]
mod tests;
