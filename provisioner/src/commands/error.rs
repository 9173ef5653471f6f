//! How a failed command is shown: what failed, why, and what to try next.

use super::ask::error::AskError;
use super::dev::error::DevError;
use super::init::error::InitError;
use crate::aws::{AGAIN, AwsError};
use crate::check::finding::{Finding, listed};
use crate::config::ConfigError;
use crate::env_file::EnvFileError;
use crate::generate::GenerateError;
use crate::generate::files::FilesError;
use crate::hint::Hint;
use crate::package::PackageError;
use crate::plan::{PlanError, RollbackError};
use crate::release::apply::{ApplyError, StepError};
use crate::release::switch::SwitchError;
use crate::terminal::consent::ConsentError;
use crate::terminal::printer::PrintError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("the configuration cannot be used")]
    Config(#[source] ConfigError),
    #[error("could not make the deployment package")]
    Package(#[source] PackageError),
    #[error("could not read the deployment from AWS")]
    Read(#[source] AwsError),
    #[error("nothing was changed")]
    Plan(#[source] PlanError),
    #[error("the changes are not complete")]
    Apply(#[source] ApplyError),
    #[error("nothing was changed: {} in the way{}",
        if findings.len() == 1 { "this stands" } else { "these stand" }, listed(findings))]
    Preflight { findings: Vec<Finding> },
    #[error("somebody else is deploying `{name}` at this moment: it is different again\n  {}", differences.join("\n  "))]
    Overtaken {
        name: String,
        /// What would have to be changed once more.
        differences: Vec<String>,
    },
    #[error("nothing was changed: somebody else has changed the function since the last run\n  {}", changes.join("\n  "))]
    ChangedElsewhere { changes: Vec<String> },
    #[error(
        "nothing was changed: nothing is noted down about the last run, so nobody can tell who has changed the function since"
    )]
    NoRecord,
    #[error("{findings} finding{} somebody to act", if *findings == 1 { " needs" } else { "s need" })]
    Unhealthy { findings: usize },
    #[error("nothing was rolled back")]
    Rollback(#[source] RollbackError),
    #[error("the deployment did not pass its probe")]
    Switch(#[source] Box<SwitchError>),
    #[error("the environment file cannot be updated")]
    EnvFile(#[source] EnvFileError),
    #[error("could not generate the files")]
    Generate(#[source] GenerateError),
    #[error("could not write the files")]
    Files(#[source] FilesError),
    #[error("could not print the result")]
    Print(#[source] PrintError),
    #[error(transparent)]
    Consent(#[from] ConsentError),
    #[error("the deployment `{name}` has no function URL in {region}")]
    NotDeployed { name: String, region: String },
    #[error("nothing is deployed as `{name}` in {region}: there is no log group `{log_group}`")]
    NoLogGroup {
        name: String,
        region: String,
        log_group: String,
    },
    #[error("{0}")]
    Unavailable(&'static str),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Dev(#[from] DevError),
}

impl CommandError {
    /// 3 where callers are served by the version that they had before; 2 for flags that contradict each
    /// other; else 1.
    pub fn exit_code(&self) -> u8 {
        let switch = match self {
            Self::Switch(error) => Some(&**error),
            Self::Apply(ApplyError { source, .. }) => match &**source {
                StepError::Switch(error) => Some(error),
                StepError::Aws(_) => None,
            },
            _ => None,
        };
        if matches!(self, Self::Init(InitError::SeveralAgents)) {
            2
        } else if switch.is_some_and(SwitchError::is_harmless) {
            3
        } else {
            1
        }
    }
}

impl Hint for CommandError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Config(source) => source.hint(),
            Self::Package(source) => source.hint(),
            Self::Read(source) => source.hint(),
            Self::Plan(source) => source.hint(),
            Self::Apply(source) => source.hint(),
            Self::EnvFile(source) => source.hint(),
            Self::Files(source) => source.hint(),
            Self::Rollback(source) => source.hint(),
            Self::Switch(source) => source.hint(),
            Self::ChangedElsewhere { .. } => Some(
                "look with `provision plan`; what should stay goes into the configuration, then `up` \
                 without `--strict` sets the rest right"
                    .to_owned(),
            ),
            Self::Overtaken { .. } => Some(AGAIN.to_owned()),
            Self::NoRecord => Some("run it once without `--strict`".to_owned()),
            Self::NotDeployed { .. } | Self::NoLogGroup { .. } => {
                Some("check `--name` and `--region`, or run `provision up`".to_owned())
            }
            Self::Consent(source) => source.hint(),
            Self::Ask(source) => source.hint(),
            Self::Init(source) => source.hint(),
            Self::Dev(source) => source.hint(),
            Self::Generate(_)
            | Self::Print(_)
            | Self::Preflight { .. }
            | Self::Unhealthy { .. }
            | Self::Unavailable(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::report::Report;

    #[test]
    fn shows_each_cause_once_and_the_hint_last() {
        let error = CommandError::Package(PackageError::UnreadableBinary {
            path: "bootstrap".into(),
            source: std::io::Error::other("no such file"),
        });

        let report = anstream::adapter::strip_str(
            &Report {
                error: &error,
                profile: None,
            }
            .to_string(),
        )
        .to_string();

        insta::assert_snapshot!(report, @r"
        error: could not make the deployment package
          caused by: could not read the binary `bootstrap`
          caused by: no such file
        hint: give the path of the function's `bootstrap` with `--binary`, or leave it out to build it
        ");
    }
}
