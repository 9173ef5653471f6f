//! Lets callers reach another version, after it has shown that it works, and takes it back when it
//! does not work behind the URL.

use crate::aws::{Aws, AwsError};
use crate::config::Probe;
use crate::error::Hint;
use crate::plan::Released;
use crate::probe::{Cause, probe_version};
use crate::progress::Progress;
use crate::record::{ContentDigest, Record};

/// Which version callers are to reach.
#[derive(Debug)]
pub(crate) struct Switch<'a> {
    pub(crate) function: &'a str,
    pub(crate) alias: &'a str,
    /// Where the alias points now; `None` if there is none yet.
    pub(crate) from: Option<&'a Released>,
    pub(crate) version: &'a str,
    pub(crate) content: ContentDigest,
    /// What `$LATEST` holds.
    pub(crate) latest: ContentDigest,
    /// The version to go back to with `provision rollback`.
    pub(crate) previous: Option<String>,
}

/// The alias was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    function: String,
    alias: String,
    /// The version that callers reach now.
    pub version: String,
    from: Option<Released>,
    latest: ContentDigest,
    revision_id: Option<String>,
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
    #[error("version {version} does not work behind the URL, and there is none before it")]
    NothingBefore {
        version: String,
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
    #[error(
        "the changes are made, but the deployment does not answer; version {version} was live before"
    )]
    NotAnswering {
        version: String,
        #[source]
        cause: Cause,
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
            | Self::WentBack { cause, .. }
            | Self::NothingBefore { cause, .. }
            | Self::NotAnswering { cause, .. } => cause.hint(),
            Self::Stuck { .. } => Some(
                "move it with `provision rollback`, or look with `provision status`".to_owned(),
            ),
            Self::Alias(error) => error.hint(),
        }
    }
}

/// Tries the version out, then moves the alias to it.
pub(crate) async fn switch(
    aws: &Aws,
    probe: Probe,
    to: Switch<'_>,
    progress: &Progress,
) -> Result<Switched, SwitchError> {
    let Switch {
        function,
        alias,
        from,
        version,
        content,
        latest,
        previous,
    } = to;
    if probe != Probe::None {
        progress.go_on(&format!("trying out version {version}"));
    }
    if probe != Probe::None
        && let Err(cause) = probe_version(aws, function, version).await
    {
        let version = version.to_owned();
        let Some(from) = from else {
            return Err(SwitchError::NeverLive { version, cause });
        };
        // Only notes down what `$LATEST` is now. Without the note the next run would take this for a
        // change made elsewhere: not worth an error of its own.
        if from.also_routed_to.is_empty() {
            drop(
                aws.point_alias(function, alias, &from.record(latest), Some(from))
                    .await,
            );
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
        version: version.to_owned(),
        content,
        latest: latest.clone(),
        previous,
    };
    let revision_id = aws
        .point_alias(function, alias, &record, from)
        .await
        .map_err(SwitchError::Alias)?;
    Ok(Switched {
        function: function.to_owned(),
        alias: alias.to_owned(),
        version: version.to_owned(),
        from: from.cloned(),
        latest,
        revision_id,
    })
}

/// Moves the alias back, because the version does not work behind the URL for `cause`; how that went
/// is the error to report.
pub(crate) async fn go_back(aws: &Aws, switched: Switched, cause: Cause) -> SwitchError {
    let Switched {
        function,
        alias,
        version,
        from,
        latest,
        revision_id,
    } = switched;
    let Some(from) = from.filter(|from| from.version != version) else {
        return SwitchError::NothingBefore { version, cause };
    };
    let record = from.record(latest);
    let found = Released {
        revision_id,
        ..from
    };
    match aws
        .point_alias(&function, &alias, &record, Some(&found))
        .await
    {
        Ok(_) => SwitchError::WentBack {
            version,
            live: found.version,
            cause,
        },
        Err(error) => SwitchError::Stuck {
            version,
            cause,
            error,
        },
    }
}
