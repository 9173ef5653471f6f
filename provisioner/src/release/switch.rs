//! Lets callers reach another version, after it has shown that it works, and takes it back when it
//! does not work behind the URL.
//!
//! Until it has shown that, the version is *on trial*, and the alias's record says so: whatever becomes
//! of this run, the next one asks again. (A first version is not, which saves two requests: while its
//! URL is not in the environment file, the next run asks it anyway.)

use super::apply::ApplyError;
use super::probe::probe_version;
use super::proof::Cause;
use crate::aws::write::Guard;
use crate::aws::{Aws, AwsError};
use crate::config::Probe;
use crate::deployment::names::Names;
use crate::deployment::record::Record;
use crate::deployment::state::LiveAlias;
use crate::deployment::state::Released;
use crate::hint::Hint;
use crate::terminal::progress::Progress;

/// The alias points to a version that this run, or an interrupted one before it, has let callers reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    function: String,
    alias: String,
    record: Record,
    /// What the alias pointed to before, if this run has moved it.
    from: Option<Released>,
}

/// Callers do not reach the new version.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
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
    #[error("version {version} works, but that could not be noted down")]
    NotNoted {
        version: String,
        #[source]
        error: AwsError,
    },
    #[error("the alias could not be moved")]
    Alias(#[source] AwsError),
}

impl SwitchError {
    /// Callers are served by the version that they had before.
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::NotSwitched { .. } | Self::WentBack { .. })
    }
}

impl Hint for SwitchError {
    fn hint(&self) -> Option<String> {
        match self {
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
            Self::NotNoted { .. } => {
                Some("run the same command again: it asks the version once more".to_owned())
            }
            Self::Alias(error) => error.hint(),
        }
    }
}

impl Switched {
    /// The version that an interrupted run has left on trial, if there is one.
    pub(crate) fn on_trial(names: &Names, alias: &LiveAlias) -> Option<Self> {
        let LiveAlias {
            version, record, ..
        } = alias;
        let is_on_trial = |record: &&Record| record.on_trial && record.version == *version;
        Some(Self {
            function: names.function.clone(),
            alias: names.alias.to_owned(),
            record: record.as_ref().filter(is_on_trial)?.clone(),
            from: None,
        })
    }

    /// The version that callers reach.
    pub(crate) fn version(&self) -> &str {
        &self.record.version
    }

    /// Points the alias elsewhere, or notes something else down, if it still is as this run has left it.
    async fn replace(&self, aws: &Aws, record: &Record) -> Result<(), AwsError> {
        let Self {
            function, alias, ..
        } = self;
        // Permissions and the URL have changed its revision since.
        let revision_id = aws.revision_of(function, alias, &self.record).await?;
        aws.point_alias(function, alias, record, &Guard::Revision(revision_id))
            .await
    }
}

/// Tries the version of `record` out, then moves the alias to it. `from` is what the alias points to
/// so far; `None` makes a new alias.
pub(crate) async fn switch(
    aws: &Aws,
    probe: Probe,
    function: &str,
    alias: &str,
    record: Record,
    from: Option<&Released>,
    progress: &Progress,
) -> Result<Switched, SwitchError> {
    let version = &record.version;
    let guard = from.map_or(Guard::Absent, |from| {
        Guard::Revision(from.revision_id.clone())
    });
    if probe != Probe::None {
        progress.go_on(&format!("trying out version {version}"));
    }
    if probe != Probe::None
        && let Err(cause) = probe_version(aws, function, version).await
    {
        let version = record.version;
        let Some(from) = from else {
            return Err(SwitchError::NeverLive { version, cause });
        };
        // Only notes down what `$LATEST` is now. Without the note the next run would take this for a
        // change made elsewhere: not worth an error of its own.
        if from.also_routed_to.is_empty() {
            let note = from.record(record.latest);
            drop(aws.point_alias(function, alias, &note, &guard).await);
        }
        let live = from.version.clone();
        return Err(SwitchError::NotSwitched {
            version,
            live,
            cause,
        });
    }
    progress.go_on(&format!(
        "moving alias {function}:{alias} to version {version}"
    ));
    let record = Record {
        // A first version has nothing before it to go back to: it is put on trial only if it fails.
        on_trial: probe != Probe::None && from.is_some(),
        ..record
    };
    aws.point_alias(function, alias, &record, &guard)
        .await
        .map_err(SwitchError::Alias)?;
    Ok(Switched {
        function: function.to_owned(),
        alias: alias.to_owned(),
        record,
        from: from.cloned(),
    })
}

/// The next run is to ask again. If that cannot be noted down, what was wrong still matters more.
async fn put_on_trial(aws: &Aws, switched: &Switched) {
    if !switched.record.on_trial {
        let record = Record {
            on_trial: true,
            ..switched.record.clone()
        };
        drop(switched.replace(aws, &record).await);
    }
}

/// The version has shown that it works: its trial ends.
pub(crate) async fn keep(aws: &Aws, switched: &Switched) -> Result<(), SwitchError> {
    if !switched.record.on_trial {
        return Ok(());
    }
    let record = Record {
        on_trial: false,
        ..switched.record.clone()
    };
    let noted = switched.replace(aws, &record).await;
    noted.map_err(|error| SwitchError::NotNoted {
        version: record.version,
        error,
    })
}

/// Moves the alias back, because the version does not work behind the URL for `cause`; how that went
/// is the error to report.
pub(crate) async fn go_back(aws: &Aws, switched: &Switched, cause: Cause) -> SwitchError {
    let Record {
        version,
        latest,
        previous,
        ..
    } = switched.record.clone();
    let Some(from) = switched.from.as_ref().filter(|it| it.version != version) else {
        put_on_trial(aws, switched).await;
        return SwitchError::StillLive {
            version,
            previous,
            cause,
        };
    };
    match switched.replace(aws, &from.record(latest)).await {
        Ok(()) => SwitchError::WentBack {
            version,
            live: from.version.clone(),
            cause,
        },
        Err(error) => SwitchError::Stuck {
            version,
            cause,
            error,
        },
    }
}
