//! Where a runtime stands, and what it may call from there. The states, their names and the texts
//! are those of RAPID, the program that serves the Runtime API inside Lambda
//! (aws-lambda-runtime-interface-emulator, `internal/lambda/core/states.go`).

use std::fmt;

/// Where a runtime stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// The process runs its initialization code.
    #[default]
    Started,
    /// It has reported that its initialization failed.
    InitError,
    /// It waits for an event.
    Ready,
    /// It has the event.
    Running,
    /// It is sending its answer.
    Responding,
    /// It is reporting an error instead of an answer.
    RespondingError,
    /// Its answer or error has been read.
    ResponseSent,
}

/// What a runtime does that changes where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Asks for the next event.
    Next,
    /// Has been given an event.
    Event,
    Response,
    Error,
    /// The answer or error is complete.
    Sent,
    InitError,
}

/// The runtime may not do this from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "State transition from {from} to {to} failed for runtime. Error: State transition is not allowed"
)]
pub(super) struct NotAllowed {
    from: Phase,
    to: Phase,
}

impl Phase {
    /// Where the runtime stands after `step`.
    pub(super) fn after(self, step: Step) -> Result<Self, NotAllowed> {
        let to = match step {
            Step::Next => Self::Ready,
            Step::Event => Self::Running,
            Step::Response => Self::Responding,
            Step::Error => Self::RespondingError,
            Step::Sent => Self::ResponseSent,
            Step::InitError => Self::InitError,
        };
        match (self, step) {
            (Self::Started | Self::Ready | Self::ResponseSent, Step::Next)
            | (Self::Started, Step::InitError)
            | (Self::Ready, Step::Event)
            | (Self::Running, Step::Response | Step::Error)
            | (Self::Responding | Self::RespondingError, Step::Sent) => Ok(to),
            // Asked again before it answered, it is told the same event again.
            (Self::Running, Step::Next) => Ok(self),
            _ => Err(NotAllowed { from: self, to }),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "Started",
            Self::InitError => "InitError",
            Self::Ready => "Ready",
            Self::Running => "Running",
            Self::Responding => "InvocationResponse",
            Self::RespondingError => "InvocationErrorResponse",
            Self::ResponseSent => "RuntimeResponseSentState",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(steps: &[Step]) -> Result<Phase, NotAllowed> {
        steps
            .iter()
            .try_fold(Phase::default(), |phase, step| phase.after(*step))
    }

    #[test]
    fn invocations_follow_each_other() {
        use Step::{Error, Event, Next, Response, Sent};

        let steps = [Next, Event, Response, Sent, Next, Event, Error, Sent, Next];
        assert_eq!(after(&steps), Ok(Phase::Ready));
    }

    #[test]
    fn asking_again_changes_nothing() {
        use Step::{Event, Next};

        assert_eq!(after(&[Next, Next]), Ok(Phase::Ready));
        assert_eq!(after(&[Next, Event, Next]), Ok(Phase::Running));
    }

    #[test]
    fn everything_else_is_refused() {
        use Step::{Error, Event, InitError, Next, Response, Sent};

        let refused: [&[Step]; 10] = [
            &[Response],
            &[Error],
            &[Next, Response],
            &[Next, InitError],
            &[InitError, Next],
            &[InitError, InitError],
            &[Next, Event, Response, Response],
            &[Next, Event, Response, Error],
            &[Next, Event, Response, Next],
            &[Next, Event, Error, Sent, Response],
        ];
        for steps in refused {
            assert!(after(steps).is_err(), "{steps:?}");
        }
    }

    #[test]
    fn a_refusal_speaks_like_rapid() {
        assert_eq!(
            after(&[Step::Next, Step::Response])
                .unwrap_err()
                .to_string(),
            "State transition from Ready to InvocationResponse failed for runtime. Error: State \
             transition is not allowed"
        );
    }
}
