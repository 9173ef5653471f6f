//! Why `dev` does not run.

use std::error::Error;
use std::path::PathBuf;

use local_aws::LocalAwsError;
use local_aws::scenario::ScenarioError;

use crate::config::InvalidValue;
use crate::hint::Hint;

/// What goes wrong with what `dev` has besides the deployment: the local AWS, its scenario, the page.
#[derive(Debug, thiserror::Error)]
pub enum DevError {
    #[error("could not start the local AWS")]
    LocalAws(#[source] LocalAwsError),
    #[error("could not read the scenario `{}`", path.display())]
    ScenarioFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the scenario{} cannot be played", path.as_ref().map(|path| format!(" `{}`", path.display())).unwrap_or_default())]
    Scenario {
        /// Of the file; without one it is the scenario that is built in.
        path: Option<PathBuf>,
        #[source]
        source: ScenarioError,
    },
    #[error("the agent of the scenario cannot be configured")]
    ScenarioAgent(#[source] InvalidValue),
    /// The configuration has an agent of a kind that the scenario has not.
    #[error("gateway.yaml has an AgentCore {kind}, and the scenario has none to play it")]
    ScenarioWithout {
        kind: &'static str,
        /// Where the scenario lists such agents.
        key: &'static str,
    },
    #[error("could not get your own AWS credentials for the real agent")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    #[error("could not write the keys of this run to a file of your own")]
    Handover(#[source] std::io::Error),
    #[error("could not serve the page")]
    Page(#[source] std::io::Error),
    #[error("could not watch what the function is made of")]
    Watch(#[source] notify::Error),
    #[error("gateway.yaml is about another deployment now: its name or Region has changed")]
    OtherDeployment,
    #[error("could not wait for Ctrl-C")]
    Signals(#[source] std::io::Error),
}

impl Hint for DevError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::LocalAws(_) => "choose another `--port`, or leave it out",
            Self::ScenarioFile { .. } => {
                "give the path of an existing file with `--scenario`, or leave it out: then three sages and \
                 SOLOMON play"
            }
            Self::Scenario { .. } | Self::ScenarioAgent(_) => {
                "correct the scenario, or leave out `--scenario`: then three sages and SOLOMON play"
            }
            Self::ScenarioWithout { key, .. } => {
                return Some(format!(
                    "add `{key}: [{{name: magi, id: magi-Council001}}]` to the scenario, or leave out \
                     `--scenario`: the one that is built in has each kind of agent"
                ));
            }
            Self::Credentials(_) => "log in (`aws sso login`), or leave out `--agent aws`",
            Self::Handover(_) => "set TMPDIR to a directory on a disk with room to spare",
            Self::Page(_) => "choose another `--page-port`, or leave it out",
            Self::OtherDeployment => "end `provision dev` with Ctrl-C, and start it again",
            Self::Watch(_) | Self::Signals(_) => return None,
        };
        Some(hint.to_owned())
    }
}
