//! A release, state by state. Pure: what happens outside comes in as `Happened`, and `next` says what to do.
//!
//! ```text
//! Prepare ──> Publish ──> TryOut ──> Point ──> Open ──> Ask ──> Keep ──> Settle ──> LookAgain ──> end
//!    │           │           │         │         │       │       │         │
//!    │           │        fails:       │         │    fails:     │         │
//!    │           │        Note what    │         │    alias moved in this run: GoBack ──> Undo ──> end
//!    │           │        $LATEST is   │         │    not moved: LeaveOnTrial ──> end
//!    │           │           │         │         │       │       │         │
//!    └───────────┴───────────┴─ what AWS refuses ends the run ───┴─────────┘
//! ```
//!
//! Where nothing is published, `rollback` begins at `TryOut`; where the alias stays, a run goes from `Prepare`
//! to `Open`. From `Point` to `Keep` the version is *on trial*, and the alias's record says so: whatever
//! becomes of this run, the next one asks again. A first version is not, which saves two requests: while its
//! URL is not in the environment file, the next run asks it anyway.

use super::error::{ApplyError, TrialError};
use super::proof::{Cause, Proof};
use crate::aws::AwsError;
use crate::aws::write::{Before, Published};
use crate::config::Probe;
use crate::deployment::digest::ContentDigest;
use crate::deployment::record::Record;
use crate::deployment::state::Released;
use crate::plan::Plan;
use crate::plan::order::Guard;
use crate::plan::resource::alias::Release;

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Do {
    Apply(Stage),
    Publish {
        code_sha256: String,
    },
    TryOut {
        version: String,
    },
    /// Lets the alias point to the record's version.
    Point {
        record: Record,
        before: Before,
    },
    /// Notes the record down where the alias points to already.
    Note {
        record: Record,
        before: Before,
    },
    /// Lets the alias point elsewhere, if it still is as `is` says: permissions and the URL have changed its revision since.
    Replace {
        is: Record,
        record: Record,
    },
    Ask,
    /// Looks whether the function is as this run has left it.
    LookAgain,
}

/// A part of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Prepare,
    Open,
    Settle,
    /// What was changed about callers is taken back.
    Undo,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Happened {
    Applied,
    /// With what `$LATEST` holds now.
    Published(Result<(Published, ContentDigest), AwsError>),
    TriedOut(Result<(), Cause>),
    Pointed(Result<(), AwsError>),
    /// `None`: nobody was asked.
    Asked(Result<Option<Proof>, Cause>),
    Looked(Result<(), AwsError>),
    /// The changes that were to be taken back could not all be.
    NotUndone(Box<ApplyError>),
}

/// How far a release is.
#[derive(Debug)]
pub(crate) struct Trial<'a> {
    plan: &'a Plan,
    /// What callers got before this run, if anything.
    live: Option<String>,
    state: State,
}

#[derive(Debug)]
enum State {
    Prepare {
        latest: Option<ContentDigest>,
    },
    Publish,
    TryOut(Record),
    /// A failed version leaves its note.
    Note(TrialError),
    Point(Record),
    Open(Option<OnTrial>),
    Ask(Option<OnTrial>),
    Keep {
        version: String,
        proof: Proof,
    },
    GoBack(Failed),
    Undo(Failed),
    LeaveOnTrial(TrialError),
    Settle(Option<Proof>),
    LookAgain(Option<Proof>),
    End(Result<Option<Proof>, TrialError>),
}

/// The version that did not work behind the URL, and the one that is to be live again.
#[derive(Debug)]
struct Failed {
    version: String,
    live: String,
    cause: Cause,
}

/// The version that callers reach and that has yet to show that it works.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OnTrial {
    record: Record,
    /// What the alias pointed to before, if this run has moved it.
    from: Option<Released>,
}

impl<'a> Trial<'a> {
    /// The beginning. `latest` is what the function was found to hold, `live` the version that callers get.
    pub(crate) fn begin(
        plan: &'a Plan,
        latest: Option<ContentDigest>,
        live: Option<String>,
    ) -> (Self, Do) {
        let state = State::Prepare { latest };
        (Self { plan, live, state }, Do::Apply(Stage::Prepare))
    }

    /// What follows from what happened; nothing at the end.
    pub(crate) fn next(self, happened: Happened) -> (Self, Option<Do>) {
        let Self { plan, live, state } = self;
        let (state, todo) = match (state, happened) {
            (State::Prepare { latest }, Happened::Applied) => prepared(plan, latest),
            (State::Publish, Happened::Published(Err(error)))
            | (State::Point(_), Happened::Pointed(Err(error)))
            | (State::LookAgain(_), Happened::Looked(Err(error))) => {
                end(Err(TrialError::Aws(error)))
            }
            (State::Publish, Happened::Published(Ok((published, latest)))) => {
                let Published { version, content } = published;
                let before = plan.release.from().map(|from| from.version.clone());
                let previous = before.filter(|before| *before != version);
                let record = Record {
                    version,
                    content,
                    latest,
                    previous,
                    on_trial: false,
                };
                made(plan, record)
            }
            (State::TryOut(record), Happened::TriedOut(Ok(()))) => point(plan, record),
            (State::TryOut(record), Happened::TriedOut(Err(cause))) => fails(plan, record, cause),
            // A note that cannot be left is not worth an error of its own: what was wrong matters more.
            (State::Note(error) | State::LeaveOnTrial(error), Happened::Pointed(_)) => {
                end(Err(error))
            }
            (State::Point(record), Happened::Pointed(Ok(()))) => {
                let from = plan.release.from().cloned();
                open(Some(OnTrial { record, from }))
            }
            (State::Open(on_trial), Happened::Applied) => (State::Ask(on_trial), Some(Do::Ask)),
            (State::Ask(_), Happened::Asked(Ok(None))) => settle(None),
            (State::Ask(on_trial), Happened::Asked(Ok(Some(proof)))) => proven(on_trial, proof),
            (State::Ask(on_trial), Happened::Asked(Err(cause))) => {
                refuted(live.as_deref(), on_trial, cause)
            }
            (State::Keep { version: _, proof }, Happened::Pointed(Ok(()))) => settle(Some(proof)),
            (State::Keep { version, .. }, Happened::Pointed(Err(error))) => {
                end(Err(TrialError::NotNoted { version, error }))
            }
            (State::GoBack(failed), Happened::Pointed(Ok(()))) => {
                (State::Undo(failed), Some(Do::Apply(Stage::Undo)))
            }
            (State::GoBack(failed), Happened::Pointed(Err(error))) => {
                let Failed {
                    version,
                    live: _,
                    cause,
                } = failed;
                end(Err(TrialError::Stuck {
                    version,
                    cause,
                    error,
                }))
            }
            (
                State::Undo(Failed {
                    version,
                    live,
                    cause,
                }),
                Happened::Applied,
            ) => end(Err(TrialError::WentBack {
                version,
                live,
                cause,
            })),
            (
                State::Undo(Failed {
                    version,
                    live,
                    cause,
                }),
                Happened::NotUndone(error),
            ) => end(Err(TrialError::HalfBack {
                version,
                live,
                cause,
                error,
            })),
            (State::Settle(proof), Happened::Applied) if live.is_some() && looks(plan) => {
                (State::LookAgain(proof), Some(Do::LookAgain))
            }
            (State::Settle(proof), Happened::Applied)
            | (State::LookAgain(proof), Happened::Looked(Ok(()))) => end(Ok(proof)),
            // What was not asked for changes nothing.
            (state, _) => (state, None),
        };
        (Self { plan, live, state }, todo)
    }

    /// What the version has shown, if it was asked.
    #[expect(clippy::result_large_err, reason = "made once a run, at its end")]
    pub(crate) fn end(self) -> Result<Option<Proof>, TrialError> {
        match self.state {
            State::End(end) => end,
            _ => Err(TrialError::Unfinished),
        }
    }
}

type Next = (State, Option<Do>);

fn prepared(plan: &Plan, latest: Option<ContentDigest>) -> Next {
    match &plan.release {
        Release::Nothing => open(None),
        Release::Prove(record) => open(Some(OnTrial {
            record: record.clone(),
            from: None,
        })),
        Release::Publish { code_sha256, .. } => {
            let code_sha256 = code_sha256.clone();
            (State::Publish, Some(Do::Publish { code_sha256 }))
        }
        Release::Point {
            version, content, ..
        } => made(
            plan,
            Record {
                version: version.clone(),
                latest: latest.unwrap_or_else(|| content.clone()),
                content: content.clone(),
                // From there a rollback goes further back, not forth again.
                previous: None,
                on_trial: false,
            },
        ),
    }
}

/// There is a version to release.
fn made(plan: &Plan, record: Record) -> Next {
    if plan.asking.kind == Probe::None {
        return point(plan, record);
    }
    let version = record.version.clone();
    (State::TryOut(record), Some(Do::TryOut { version }))
}

fn point(plan: &Plan, record: Record) -> Next {
    let from = plan.release.from();
    let record = Record {
        // A first version has nothing before it to go back to: it is put on trial only if it fails.
        on_trial: plan.asking.kind != Probe::None && from.is_some(),
        ..record
    };
    let todo = Do::Point {
        record: record.clone(),
        before: before(from),
    };
    (State::Point(record), Some(todo))
}

fn before(from: Option<&Released>) -> Before {
    from.map_or(Before::Absent, |from| {
        Before::Revision(from.revision_id.clone())
    })
}

/// The version does not work, and nobody has reached it.
fn fails(plan: &Plan, record: Record, cause: Cause) -> Next {
    let Record {
        version, latest, ..
    } = record;
    let Some(from) = plan.release.from() else {
        return end(Err(TrialError::NeverLive { version, cause }));
    };
    let error = TrialError::NotSwitched {
        version,
        live: from.version.clone(),
        cause,
    };
    if !from.also_routed_to.is_empty() {
        return end(Err(error));
    }
    let todo = Do::Note {
        record: from.record(latest),
        before: before(Some(from)),
    };
    (State::Note(error), Some(todo))
}

fn open(on_trial: Option<OnTrial>) -> Next {
    (State::Open(on_trial), Some(Do::Apply(Stage::Open)))
}

/// The version works behind the URL: its trial ends.
fn proven(on_trial: Option<OnTrial>, proof: Proof) -> Next {
    match on_trial {
        Some(OnTrial { record, from: _ }) if record.on_trial => {
            let version = record.version.clone();
            let kept = Record {
                on_trial: false,
                ..record.clone()
            };
            let todo = Do::Replace {
                is: record,
                record: kept,
            };
            (State::Keep { version, proof }, Some(todo))
        }
        _ => settle(Some(proof)),
    }
}

/// The version does not work behind the URL.
fn refuted(live: Option<&str>, on_trial: Option<OnTrial>, cause: Cause) -> Next {
    let Some(OnTrial { record, from }) = on_trial else {
        let error = TrialError::StillLive {
            version: live.unwrap_or_default().to_owned(),
            previous: None,
            cause,
        };
        return end(Err(error));
    };
    let version = record.version.clone();
    if let Some(from) = from.filter(|from| from.version != version) {
        let state = State::GoBack(Failed {
            version,
            live: from.version.clone(),
            cause,
        });
        let todo = Do::Replace {
            record: from.record(record.latest.clone()),
            is: record,
        };
        return (state, Some(todo));
    }
    let error = TrialError::StillLive {
        version,
        previous: record.previous.clone(),
        cause,
    };
    if record.on_trial {
        return end(Err(error));
    }
    let noted = Record {
        on_trial: true,
        ..record.clone()
    };
    let todo = Do::Replace {
        is: record,
        record: noted,
    };
    (State::LeaveOnTrial(error), Some(todo))
}

/// Between the look before such a change and the change itself another run may have come and gone.
fn looks(plan: &Plan) -> bool {
    plan.steps().any(|step| step.guard == Guard::Look)
}

fn settle(proof: Option<Proof>) -> Next {
    (State::Settle(proof), Some(Do::Apply(Stage::Settle)))
}

fn end(end: Result<Option<Proof>, TrialError>) -> Next {
    (State::End(end), None)
}

#[cfg(test)]
mod tests;
