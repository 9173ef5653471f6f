//! Why a run did not bring the account to what was planned.

use super::proof::Cause;
use crate::aws::AwsError;
use crate::hint::Hint;

/// A change failed; those before it are done.
#[derive(Debug, thiserror::Error)]
#[error("change {} of {total} failed: {action}", done + 1)]
pub struct ApplyError {
    pub done: usize,
    pub total: usize,
    /// The change's first line.
    pub action: String,
    /// What was changed before, a line each.
    pub changed: Vec<String>,
    #[source]
    pub source: Box<TrialError>,
}

/// A version is not released, or not as it was meant.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    #[error(transparent)]
    Aws(AwsError),
    #[error("version {version} does not work; callers still get version {live}")]
    NotSwitched {
        version: String,
        live: String,
        #[source]
        cause: Cause,
    },
    #[error("version {version} does not work; nobody can reach it yet")]
    NeverLive {
        version: String,
        #[source]
        cause: Cause,
    },
    #[error("version {version} does not work behind the URL; callers get version {live} again")]
    WentBack {
        version: String,
        live: String,
        #[source]
        cause: Cause,
    },
    #[error(
        "version {version} does not work behind the URL ({cause}); callers get version {live} again, but \
         not all that it needs is as it was"
    )]
    HalfBack {
        version: String,
        live: String,
        cause: Cause,
        #[source]
        error: Box<ApplyError>,
    },
    #[error("version {version} does not work behind the URL, and it is the one that callers get")]
    StillLive {
        version: String,
        /// The version that was live before.
        previous: Option<String>,
        #[source]
        cause: Cause,
    },
    #[error("version {version} does not work ({cause}), and the alias could not be moved back")]
    Stuck {
        version: String,
        cause: Cause,
        #[source]
        error: AwsError,
    },
    #[error("the release did not come to its end")]
    Unfinished,
    #[error("version {version} works, but that could not be noted down")]
    NotNoted {
        version: String,
        #[source]
        error: AwsError,
    },
}

/// Why a run ended before its plan did.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    #[error("the changes are not complete")]
    Apply(#[source] ApplyError),
    #[error("the deployment did not pass its probe")]
    Probe(#[source] TrialError),
    #[error("all changes are made, but somebody else makes others")]
    Overtaken {
        /// What this run has changed, a line each.
        changed: Vec<String>,
        #[source]
        source: AwsError,
    },
}

impl ReleaseError {
    /// Callers are served by the version that they had before.
    pub fn is_harmless(&self) -> bool {
        let error = match self {
            Self::Apply(ApplyError { source, .. }) => source,
            Self::Probe(source) => source,
            Self::Overtaken { .. } => return false,
        };
        matches!(
            error,
            TrialError::NotSwitched { .. } | TrialError::WentBack { .. }
        )
    }
}

impl ApplyError {
    /// Somebody else was faster.
    fn is_overtaken(&self) -> bool {
        matches!(&*self.source, TrialError::Aws(error) if error.is_overtaken())
    }
}

impl Hint for ApplyError {
    fn hint(&self) -> Option<String> {
        let mut parts: Vec<String> = self.source.hint().into_iter().collect();
        if self.is_overtaken() && !self.changed.is_empty() {
            parts.push(may_still_hold(&self.changed));
        } else if self.done > 0 && matches!(&*self.source, TrialError::Aws(_)) {
            parts.push("what is done stays done, and the next run goes on from there".to_owned());
        }
        (!parts.is_empty()).then(|| parts.join(";\n      "))
    }
}

/// AWS takes some changes from whoever comes last.
fn may_still_hold(changed: &[String]) -> String {
    format!(
        "of what this run has changed this may still hold; whoever is to win runs `provision up` once more\n  {}",
        changed.join("\n  ")
    )
}

impl Hint for TrialError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::NotSwitched { cause, .. }
            | Self::NeverLive { cause, .. }
            | Self::WentBack { cause, .. } => cause.hint(),
            Self::StillLive {
                previous, cause, ..
            } => {
                let back = previous.as_ref().map(|previous| {
                    format!("`provision rollback` lets callers reach version {previous} again")
                });
                let hints: Vec<String> = cause.hint().into_iter().chain(back).collect();
                (!hints.is_empty()).then(|| hints.join(";\n      "))
            }
            Self::Stuck { .. } => Some(
                "move it with `provision rollback`, or look with `provision status`".to_owned(),
            ),
            Self::HalfBack { .. } => {
                Some("look with `provision doctor`, then run `provision rollback`".to_owned())
            }
            Self::Unfinished => {
                Some("look with `provision status`, then run the same command again".to_owned())
            }
            Self::NotNoted { .. } => {
                Some("run the same command again: it asks the version once more".to_owned())
            }
        }
    }
}

impl Hint for ReleaseError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Apply(source) => source.hint(),
            Self::Probe(source) => source.hint(),
            Self::Overtaken { changed, source } => {
                let again = source.hint().into_iter();
                let parts: Vec<String> = again.chain([may_still_hold(changed)]).collect();
                Some(parts.join(";\n      "))
            }
        }
    }
}
