//! What the runtime's calls and its environment share: where the runtime stands, its event, and
//! where the answer goes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc::{Sender, UnboundedSender, channel};
use tokio::sync::{Notify, oneshot};

use super::phase::{NotAllowed, Phase, Step};
use crate::running::invocation::{Answer, FunctionError};
use crate::running::pool::{Closing, Ticket};
use crate::wire::secret::same;

/// Chunks on their way to the caller. When it is full the runtime has to wait: back-pressure.
const CHUNKS_UNDER_WAY: usize = 64;

/// One event for the runtime.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) request_id: String,
    /// Sent with the event; an answer with another one belongs to another invocation.
    pub(crate) invocation_id: String,
    pub(crate) trace_id: String,
    pub(crate) invoked_arn: String,
    pub(crate) deadline_ms: u128,
    pub(crate) payload: Bytes,
}

/// What the environment learns from the runtime's calls.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The runtime waits for an event.
    Ready,
    /// It reported that it cannot start.
    InitError { error_type: String, message: String },
    /// Its answer or error has been read to the end; it is about to ask for more.
    Answered(Outcome, Closing),
}

/// How an answer came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Complete,
    /// The function itself reported an error.
    Failed,
    /// The connection broke before the end.
    Truncated,
}

/// What follows the last chunk of an answer.
#[derive(Debug)]
pub(super) enum Ending {
    /// Nothing: the chunks were the whole answer.
    Streamed,
    /// The whole answer at once, with its content type.
    Whole(Option<String>, Bytes),
    Failed(FunctionError),
    /// The connection broke; why is not known yet.
    Truncated,
}

impl Ending {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Streamed | Self::Whole(..) => Outcome::Complete,
            Self::Failed(_) => Outcome::Failed,
            Self::Truncated => Outcome::Truncated,
        }
    }
}

pub(super) type ChunkSender = Sender<Result<Bytes, FunctionError>>;

/// Where the answer goes.
#[derive(Debug)]
enum Reply {
    Head(oneshot::Sender<Result<Answer, FunctionError>>),
    Body(ChunkSender),
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    event: Option<Event>,
    /// The runtime has the event.
    delivered: bool,
    reply: Option<Reply>,
}

/// One environment's side of the Runtime API.
#[derive(Debug)]
pub(super) struct Session {
    state: Mutex<State>,
    offered: Notify,
    signals: UnboundedSender<Signal>,
    ticket: Ticket,
}

/// Why a call about an invocation is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("Invalid request ID")]
    OtherRequest,
    #[error("The invocation has timed out")]
    OtherInvocation,
}

impl Session {
    pub(super) fn new(signals: UnboundedSender<Signal>, ticket: Ticket) -> Self {
        Self {
            state: Mutex::default(),
            offered: Notify::new(),
            signals,
            ticket,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn signal(&self, signal: Signal) {
        // Fails when the environment no longer listens: it is about to end this session.
        let _ = self.signals.send(signal);
    }

    pub(super) fn is_answering(&self) -> bool {
        matches!(
            self.lock().phase,
            Phase::Responding | Phase::RespondingError
        )
    }

    /// Puts an event before the runtime.
    pub(super) fn offer(
        &self,
        event: Event,
        reply: oneshot::Sender<Result<Answer, FunctionError>>,
    ) {
        let mut state = self.lock();
        state.event = Some(event);
        state.delivered = false;
        state.reply = Some(Reply::Head(reply));
        drop(state);
        self.offered.notify_one();
    }

    /// Waits for as long as it takes: a runtime that got an error instead would ask again at once.
    pub(super) async fn next(&self) -> Result<Event, NotAllowed> {
        let first = {
            let mut state = self.lock();
            let before = state.phase;
            state.phase = before.after(Step::Next)?;
            matches!(before, Phase::Started | Phase::ResponseSent)
        };
        if first {
            self.signal(Signal::Ready);
        }
        loop {
            if let Some(event) = self.lock().take_event()? {
                return Ok(event);
            }
            self.offered.notified().await;
        }
    }

    pub(super) fn init_error(&self, error_type: String, message: String) -> Result<(), NotAllowed> {
        let mut state = self.lock();
        state.phase = state.phase.after(Step::InitError)?;
        self.signal(Signal::InitError {
            error_type,
            message,
        });
        Ok(())
    }

    /// Begins an answer or an error, if this runtime may answer this invocation now.
    pub(super) fn begin(
        &self,
        step: Step,
        request_id: &str,
        invocation_id: Option<&str>,
    ) -> Result<(), Refusal> {
        let mut state = self.lock();
        let event = state.event.as_ref().ok_or(Refusal::OtherRequest)?;
        // For a process that is gone already it is all that says who it was.
        if !same(event.request_id.as_bytes(), request_id.as_bytes()) {
            return Err(Refusal::OtherRequest);
        }
        if invocation_id.is_some_and(|id| id != event.invocation_id) {
            return Err(Refusal::OtherInvocation);
        }
        state.phase = state.phase.after(step)?;
        Ok(())
    }

    /// The head of a streamed answer goes out; the chunks follow through the sender. Without one
    /// the caller has gone.
    pub(super) fn stream(&self, content_type: Option<String>) -> Option<ChunkSender> {
        let mut state = self.lock();
        let Some(Reply::Head(head)) = state.reply.take() else {
            return None;
        };
        let (sender, body) = channel(CHUNKS_UNDER_WAY);
        let answer = Answer {
            content_type,
            streaming: true,
            body,
        };
        head.send(Ok(answer)).ok()?;
        // Kept so that the environment can end the stream when the process dies.
        state.reply = Some(Reply::Body(sender.clone()));
        Some(sender)
    }

    /// The answer has been read: tells the environment, then the caller. A truncated answer stays
    /// open for `fail`.
    pub(super) fn sent(&self, ending: Ending) -> Result<(), NotAllowed> {
        let reply = {
            let mut state = self.lock();
            state.phase = state.phase.after(Step::Sent)?;
            // Before the caller sees the end: it may come back at once.
            self.signal(Signal::Answered(ending.outcome(), self.ticket.closing()));
            match ending {
                Ending::Truncated => return Ok(()),
                _ => state.reply.take(),
            }
        };
        match (ending, reply) {
            (Ending::Failed(error), Some(reply)) => fail(reply, error),
            (Ending::Whole(content_type, whole), Some(Reply::Head(head))) => {
                // A caller who has left does not need it.
                let _ = head.send(Ok(whole_answer(content_type, whole)));
            }
            // Dropping a stream's sender is its end.
            _ => {}
        }
        Ok(())
    }

    /// Ends what the caller still waits for. Does nothing if the caller has all of it.
    pub(super) fn fail(&self, error: FunctionError) {
        let reply = self.lock().reply.take();
        if let Some(reply) = reply {
            fail(reply, error);
        }
    }
}

fn whole_answer(content_type: Option<String>, whole: Bytes) -> Answer {
    let (sender, body) = channel(1);
    // Has room for exactly this.
    let _ = sender.try_send(Ok(whole));
    Answer {
        content_type,
        streaming: false,
        body,
    }
}

fn fail(reply: Reply, error: FunctionError) {
    match reply {
        // A caller who has left does not need it.
        Reply::Head(head) => drop(head.send(Err(error))),
        Reply::Body(chunks) => fail_stream(chunks, error),
    }
}

/// Puts the error behind the chunks that the caller has not read yet.
fn fail_stream(chunks: ChunkSender, error: FunctionError) {
    use tokio::sync::mpsc::error::TrySendError;

    if let Err(TrySendError::Full(error)) = chunks.try_send(Err(error))
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        // Ends when the caller reads on or leaves.
        runtime.spawn(async move { chunks.send(error).await });
    }
}

impl State {
    fn take_event(&mut self) -> Result<Option<Event>, NotAllowed> {
        match (self.phase, &self.event) {
            // A runtime that asks again gets the same event again.
            (Phase::Running, Some(event)) => Ok(Some(event.clone())),
            (Phase::Ready, Some(event)) if !self.delivered => {
                self.phase = self.phase.after(Step::Event)?;
                self.delivered = true;
                Ok(Some(event.clone()))
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
