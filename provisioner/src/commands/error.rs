//! How a failed command is shown: what failed, why, and what to try next.

use crate::hint::{Complaint, Hint};
use crate::release::error::ReleaseError;
use crate::terminal::consent::ConsentError;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use crate::aws::AwsError;
use crate::check::gate::InTheWay;
use crate::config::{ConfigError, Refused};
use crate::env_file::EnvFileError;
use crate::gateway::client::ClientError;
use crate::generate::GenerateError;
use crate::generate::files::FilesError;
use crate::package::PackageError;
use crate::plan::rollback::RollbackError;
use crate::plan::up::PlanError;
use crate::terminal::printer::PrintError;
use local_aws::LocalAwsError;
use local_aws::scenario::ScenarioError;

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
    #[error(transparent)]
    InTheWay(InTheWay),
    #[error(transparent)]
    Consent(ConsentError),
    #[error(transparent)]
    Release(ReleaseError),
    #[error("the environment file cannot be updated: {}", .0.why)]
    EnvFileUnread(Complaint),
    #[error("{findings} finding{} somebody to act", if *findings == 1 { " needs" } else { "s need" })]
    Unhealthy { findings: usize },
    #[error("nothing was rolled back")]
    Rollback(#[source] RollbackError),
    #[error("the environment file cannot be updated")]
    EnvFile(#[source] EnvFileError),
    #[error("could not generate the files")]
    Generate(#[source] GenerateError),
    #[error("could not write the files")]
    Files(#[source] FilesError),
    #[error("could not print the result")]
    Print(#[source] PrintError),
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
    #[error("could not start the local AWS")]
    LocalAws(#[source] LocalAwsError),
    #[error("could not read the scenario `{}`", path.display())]
    ScenarioFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the scenario `{}` cannot be played", path.display())]
    Scenario {
        path: PathBuf,
        #[source]
        source: ScenarioError,
    },
    #[error("the agent of the scenario cannot be configured")]
    ScenarioAgent(#[source] Refused),
    /// The configuration has an agent of a kind that the scenario has not.
    #[error("gateway.yaml has an AgentCore {0}, and the scenario has none to play it")]
    ScenarioWithout(&'static str),
    #[error("could not get your own AWS credentials for the real agent")]
    OwnCredentials(#[source] Box<dyn Error + Send + Sync>),
    #[error("could not serve the page")]
    Page(#[source] std::io::Error),
    #[error("could not watch the function's source")]
    Watch(#[source] notify::Error),
    #[error("could not wait for Ctrl-C")]
    Signals(#[source] std::io::Error),
    #[error("`{}` is there already", path.display())]
    AlreadyThere { path: PathBuf },
    #[error("could not write `{}`", path.display())]
    WriteConfig {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "of `--agent`, `--agent-id`, `--agent-runtime` and `--agent-harness` (or their variables) more than one is \
         given"
    )]
    SeveralAgents,
    #[error("could not get your AWS credentials to look for agents")]
    ListCredentials(#[source] Box<dyn Error + Send + Sync>),
    #[error("`{flag}`: {refused}")]
    Answer {
        flag: &'static str,
        refused: Refused,
    },
    #[error("there is no terminal to ask for the {question}")]
    Unanswered {
        question: String,
        flag: &'static str,
    },
    #[error("could not read the question from stdin")]
    Question(#[source] std::io::Error),
    #[error("could not get your AWS credentials to sign the question")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    #[error("the function URL checks signatures, and a token is no signature")]
    TokenNotChecked,
    #[error("could not ask the gateway")]
    Ask(#[source] ClientError),
    #[error("the gateway refused the question with HTTP status {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("the answer failed")]
    AnswerFailed,
    #[error("the answer broke off without saying why")]
    AnswerCut,
    #[error("nothing has come for {} s, not even a sign of life", silence.as_secs())]
    AnswerSilent { silence: Duration },
}

impl CommandError {
    /// 3 where callers are served by the version that they had before; 2 for flags that contradict each
    /// other; else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::SeveralAgents => 2,
            Self::Release(error) if error.is_harmless() => 3,
            _ => 1,
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
            Self::InTheWay(source) => source.hint(),
            Self::Consent(source) => source.hint(),
            Self::Release(source) => source.hint(),
            Self::EnvFileUnread(complaint) => complaint.hint.clone(),
            Self::EnvFile(source) => source.hint(),
            Self::Files(source) => source.hint(),
            Self::Rollback(source) => source.hint(),
            Self::NotDeployed { .. } | Self::NoLogGroup { .. } => {
                Some("check `--name` and `--region`, or run `provision up`".to_owned())
            }
            Self::LocalAws(_) => Some("choose another `--port`, or leave it out".to_owned()),
            Self::Page(_) => Some("choose another `--page-port`, or leave it out".to_owned()),
            Self::ScenarioFile { .. }
            | Self::Scenario { .. }
            | Self::ScenarioAgent(_)
            | Self::ScenarioWithout(_) => {
                Some("templates/scenarios/magi.yaml is an example".to_owned())
            }
            Self::OwnCredentials(_) => {
                Some("log in (`aws sso login`), or leave out `--agent aws`".to_owned())
            }
            Self::AlreadyThere { .. } => Some(
                "edit it, choose another place with `--config`, or write it anew with `--force`"
                    .to_owned(),
            ),
            Self::WriteConfig { .. } => Some("choose another place with `--config`".to_owned()),
            Self::ListCredentials(_) => Some(
                "log in (`aws sso login`), or give the agent by flags: then nothing is looked up"
                    .to_owned(),
            ),
            Self::SeveralAgents => {
                Some("give one of them; `--agent` may be given several times".to_owned())
            }
            Self::Unanswered { flag, .. } => Some(format!("answer with {flag}")),
            Self::Question(_) => Some("give the question as an argument".to_owned()),
            Self::Credentials(_) => {
                Some("log in (`aws sso login`), or choose another `--profile`".to_owned())
            }
            Self::TokenNotChecked => {
                Some("leave out `--token`, or deploy with `auth: jwt`".to_owned())
            }
            Self::AnswerCut
            | Self::AnswerSilent { .. }
            | Self::AnswerFailed
            | Self::Refused { status: 500.., .. } => Some("`provision logs` tells more".to_owned()),
            Self::Refused { status: 401, .. } => {
                Some("give a token with `--token` or `BEDROCK_GATEWAY_TOKEN`".to_owned())
            }
            Self::Refused { status: 403, .. } => Some(
                "with `auth: iam` you need permission for `lambda:InvokeFunctionUrl` and \
                 `lambda:InvokeFunction` on the function"
                    .to_owned(),
            ),
            Self::Refused { status: 404, .. } => Some(
                "`--agent` takes a name from `agents` in gateway.yaml; what is new there, `provision up` brings"
                    .to_owned(),
            ),
            Self::Refused { status: 429, .. } => Some(
                "ask again in a moment; where that lasts, raise `reserved_concurrency`, or the quotas of \
                 the agent's model"
                    .to_owned(),
            ),
            Self::Ask(source) => source.hint(),
            Self::Generate(_)
            | Self::Print(_)
            | Self::Answer { .. }
            | Self::Unhealthy { .. }
            | Self::Unavailable(_)
            | Self::Watch(_)
            | Self::Signals(_)
            | Self::Refused { .. } => None,
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
