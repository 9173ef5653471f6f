//! Why `init` writes no gateway.yaml.

use std::path::PathBuf;

use crate::aws::AwsError;
use crate::config::{InvalidValue, RuntimeArn};
use crate::hint::Hint;

/// What goes wrong while gateway.yaml is written for the first time.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error("`{}` is there already", path.display())]
    Exists { path: PathBuf },
    #[error("`{}` is {what}, not a file; it is as it was", path.display())]
    NoFile { path: PathBuf, what: &'static str },
    #[error("could not write `{}`", path.display())]
    Write {
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
    Credentials(#[source] AwsError),
    #[error("`{flag}`: {refused}")]
    Answer {
        flag: &'static str,
        refused: InvalidValue,
    },
    #[error("runtime `{arn}` is an MCP server: it has tools, and answers no questions")]
    Mcp { arn: RuntimeArn },
    #[error("there is no terminal to ask for the {question}")]
    NoTerminal {
        question: String,
        flag: &'static str,
    },
}

impl Hint for InitError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Exists { .. } => {
                "edit it, choose another place with `--config`, or write it anew with `--force`"
            }
            Self::NoFile { .. } | Self::Write { .. } => "choose another place with `--config`",
            Self::SeveralAgents => "give one of them; `--agent` may be given several times",
            Self::Credentials(error) => {
                let by_flags = "or give the agent by flags: then nothing is looked up";
                return Some(
                    error
                        .hint()
                        .map_or_else(|| by_flags.to_owned(), |hint| format!("{hint}; {by_flags}")),
                );
            }
            Self::Mcp { .. } => "choose the runtime of an agent that uses these tools",
            Self::NoTerminal { flag, .. } => return Some(format!("answer with {flag}")),
            Self::Answer { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
