//! How a failed command is shown: what failed, why, and what to try next.

use super::ask::error::AskError;
use super::dev::error::DevError;
use super::generate::origin::OriginError;
use super::init::error::InitError;
use crate::aws::{AwsError, UnusableProxy};
use crate::check::gate::InTheWay;
use crate::config::ConfigError;
use crate::env_file::EnvFileError;
use crate::generate::GenerateError;
use crate::generate::files::FilesError;
use crate::hint::{Complaint, Hint};
use crate::package::PackageError;
use crate::plan::rollback::RollbackError;
use crate::plan::up::PlanError;
use crate::release::error::ReleaseError;
use crate::terminal::consent::ConsentError;
use crate::terminal::printer::PrintError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("the configuration cannot be used")]
    Config(#[source] ConfigError),
    #[error(transparent)]
    Proxy(UnusableProxy),
    #[error("could not make the deployment package")]
    Package(#[source] PackageError),
    #[error("could not read the deployment from AWS")]
    Read(#[source] AwsError),
    #[error("nothing was changed")]
    Plan(#[source] PlanError),
    #[error(transparent)]
    InTheWay(InTheWay),
    #[error(transparent)]
    Release(Box<ReleaseError>),
    #[error("{findings} finding{} somebody to act", if *findings == 1 { " needs" } else { "s need" })]
    Unhealthy { findings: usize },
    #[error("nothing was rolled back")]
    Rollback(#[source] RollbackError),
    #[error("the environment file cannot be updated")]
    EnvFile(#[source] EnvFileError),
    #[error("the environment file cannot be updated: {}", .0.why)]
    EnvFileUnread(Complaint),
    #[error("could not generate the files")]
    Generate(#[source] GenerateError),
    #[error("could not generate the workflow")]
    Origin(#[source] OriginError),
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
    /// other and a variable that makes no sense; else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Init(InitError::SeveralAgents) | Self::Proxy(_) => 2,
            Self::Release(error) if error.is_harmless() => 3,
            _ => 1,
        }
    }
}

impl Hint for CommandError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Config(source) => source.hint(),
            Self::Proxy(source) => source.hint(),
            Self::Package(source) => source.hint(),
            Self::Read(source) => source.hint(),
            Self::Plan(source) => source.hint(),
            Self::InTheWay(source) => source.hint(),
            Self::Release(source) => source.hint(),
            Self::EnvFile(source) => source.hint(),
            Self::EnvFileUnread(complaint) => complaint.hint.clone(),
            Self::Files(source) => source.hint(),
            Self::Origin(source) => source.hint(),
            Self::Rollback(source) => source.hint(),
            Self::NotDeployed { .. } | Self::NoLogGroup { .. } => {
                Some("check `--name` and `--region`, or run `provision up`".to_owned())
            }
            Self::Consent(source) => source.hint(),
            Self::Ask(source) => source.hint(),
            Self::Init(source) => source.hint(),
            Self::Dev(source) => source.hint(),
            Self::Generate(_) | Self::Print(_) | Self::Unhealthy { .. } | Self::Unavailable(_) => {
                None
            }
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
        hint: give the path of the function's `bootstrap` with `--binary`, or leave it out
        ");
    }
}
