//! The seam between the gateway and its agents: what an agent can do, and what an upstream adds.

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::FutureExt as _;

use super::answer::{Answer, Events, events};
use super::ask::Ask;
use super::failure::AgentError;
use super::retry::with_retries;
use crate::refusal::Refusal;

/// Answers questions with a stream of events.
///
/// An agent translates what its upstream says and decides nothing else: framing, the end and what
/// the client may see are the business of the modules above.
pub trait Agent: Debug + Send + Sync {
    /// Refuses what only this kind of agent can't be asked, before the stream begins.
    fn check(&self, _: &Ask) -> Result<(), Refusal> {
        Ok(())
    }

    /// Asks once: a run is not idempotent, so only a call that was [throttled](super::retry) is
    /// made again. The first poll opens the call; the stream ends when the answer has ended properly.
    fn ask(&self, ask: Ask) -> Events;
}

/// One operation of AWS that answers questions. Whatever opens an [`Answer`] is an [`Agent`].
pub(super) trait Upstream: Clone + Debug + Send + Sync + 'static {
    type Answer: Answer;

    /// See [`Agent::check`].
    fn check(&self, ask: &Ask) -> Result<(), Refusal>;

    /// Makes the call. The question is shared because the call may be made again.
    fn open(&self, ask: &Arc<Ask>)
    -> impl Future<Output = Result<Self::Answer, AgentError>> + Send;
}

impl<U: Upstream> Agent for U {
    fn check(&self, ask: &Ask) -> Result<(), Refusal> {
        Upstream::check(self, ask)
    }

    fn ask(&self, ask: Ask) -> Events {
        let upstream = self.clone();
        let open = move |ask: Arc<Ask>| {
            let upstream = upstream.clone();
            let pulse = ask.pulse.clone();
            async move {
                let answer = upstream.open(&ask).await?;
                // From here on a run has begun.
                pulse.beat();
                Ok(events(answer, pulse))
            }
            .boxed()
        };
        with_retries(ask, Box::new(open))
    }
}
