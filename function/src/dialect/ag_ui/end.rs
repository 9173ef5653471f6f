//! The end of a run: one of two events, with the tokens that the run has cost.

use super::event::{AgUiEvent, Failed, Finished, Metadata, Outcome};
use super::interrupt::Interrupt;
use crate::agent::{Description, Failure};
use crate::relay::Totals;
use crate::timestamp::milliseconds;

/// The answer is complete, or the agent waits for answers to `interrupts`.
pub(super) fn finished<'a>(
    thread_id: &'a str,
    run_id: &'a str,
    interrupts: &'a [Interrupt],
    totals: &'a Totals,
) -> AgUiEvent<'a> {
    AgUiEvent::RunFinished {
        thread_id,
        run_id,
        outcome: if interrupts.is_empty() {
            Outcome::Success
        } else {
            Outcome::Interrupt { interrupts }
        },
        usage: [totals.usage.into()],
        metadata: Metadata {
            gateway: Finished {
                execution_time: milliseconds(totals.elapsed),
                chunk_count: totals.chunks,
                usage_by_agent: totals.usage_of_several(),
            },
        },
    }
}

/// The run has failed; open texts and steps stay open.
pub(super) fn failed(failure: Failure, totals: &Totals) -> AgUiEvent<'static> {
    let Description {
        code,
        message,
        retryable,
        side,
    } = failure.describe();
    AgUiEvent::RunError {
        message,
        code,
        usage: [totals.usage.into()],
        metadata: Metadata {
            gateway: Failed { retryable, side },
        },
    }
}
