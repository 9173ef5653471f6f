//! What is said about a configuration that cannot be used.

use std::path::PathBuf;

use super::flags::DEFAULT_FILE;
use super::values::InvalidValue;
use crate::hint::Hint;

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("could not read the configuration file `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}", mistakes.join("\n       "))]
    InvalidFile {
        /// Each with its place in the file.
        mistakes: Vec<String>,
    },
    #[error("`{flag}` or `{variable}`: {refused}")]
    InvalidFlag {
        flag: &'static str,
        variable: &'static str,
        refused: InvalidValue,
    },
    #[error("{} missing: {}", if settings.len() == 1 { "a setting is" } else { "settings are" },
        settings.iter().map(|setting| format!("`{}`", setting.key)).collect::<Vec<_>>().join(", "))]
    Missing { settings: Vec<Setting> },
    #[error("the name `{name}` is too long: {refused}")]
    Name { name: String, refused: InvalidValue },
    #[error("there is no environment `{name}`{}", listed(known))]
    UnknownEnvironment { name: String, known: Vec<String> },
    #[error(
        "the function's environment variables would take {bytes} bytes, {of_largest} of them `{largest}`, and Lambda \
         allows {limit}"
    )]
    EnvironmentTooLarge {
        bytes: usize,
        limit: usize,
        largest: String,
        of_largest: usize,
    },
}

/// A required setting and where it can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub key: &'static str,
    pub flag: &'static str,
    pub variable: &'static str,
}

pub(super) const NAME: Setting = Setting {
    key: "name",
    flag: "--name",
    variable: "BEDROCK_GATEWAY_NAME",
};
pub(super) const REGION: Setting = Setting {
    key: "region",
    flag: "--region",
    variable: "AWS_REGION",
};
pub(super) const AGENT_ID: Setting = Setting {
    key: "agent.id",
    flag: "--agent-id",
    variable: "BEDROCK_GATEWAY_AGENT_ID",
};
pub(super) const AGENT_ALIAS: Setting = Setting {
    key: "agent.alias",
    flag: "--agent-alias",
    variable: "BEDROCK_GATEWAY_AGENT_ALIAS",
};
pub(super) const AGENT_RUNTIME: Setting = Setting {
    key: "agent.runtime",
    flag: "--agent-runtime",
    variable: "BEDROCK_GATEWAY_AGENT_RUNTIME",
};
pub(super) const AGENT_HARNESS: Setting = Setting {
    key: "agent.harness",
    flag: "--agent-harness",
    variable: "BEDROCK_GATEWAY_AGENT_HARNESS",
};

pub(super) const PERMISSIONS_BOUNDARY: Setting = Setting {
    key: "permissions_boundary",
    flag: "--permissions-boundary",
    variable: "BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY",
};

impl Hint for ConfigError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { source, .. }
                if source.kind() == std::io::ErrorKind::InvalidData =>
            {
                Some("save it as UTF-8: editors and PowerShell also know UTF-16".to_owned())
            }
            Self::Unreadable { .. } => {
                Some("give the path of an existing file with `--config`, or none at all".to_owned())
            }
            Self::InvalidFile { .. } => {
                Some(
                    "`provision init --config explained.yaml` writes down each setting with what it may be; one \
                     that is not among them may be of a newer `provision`"
                        .to_owned(),
                )
            }
            Self::InvalidFlag { .. } => None,
            Self::Missing { settings } => Some(ways(settings)),
            Self::Name { .. } => {
                Some("give a shorter `name`; `--env` appends the environment to it".to_owned())
            }
            Self::UnknownEnvironment { .. } => {
                Some(format!("`environments` in {DEFAULT_FILE} lists them"))
            }
            Self::EnvironmentTooLarge { .. } => {
                Some(
                    "shorten `environment`, or what `GATEWAY_AGENTS` is made of: `agents` with their `request` and \
                     `answer`, and `members`"
                        .to_owned(),
                )
            }
        }
    }
}

fn ways(settings: &[Setting]) -> String {
    let set = |Setting {
                   key,
                   flag,
                   variable,
               }: &Setting| {
        format!("set `{flag}`, `{variable}`, or `{key}` in {DEFAULT_FILE}")
    };
    let mut ways = vec!["let `provision init` find out, and write it down; or".to_owned()];
    ways.extend(settings.iter().map(set));
    if settings.contains(&AGENT_ID) && settings.contains(&AGENT_ALIAS) {
        ways.push(format!(
            "for AgentCore, `{}` or `{}` instead of id and alias",
            AGENT_RUNTIME.flag, AGENT_HARNESS.flag
        ));
    }
    ways.join("\n      ")
}

fn listed(known: &[String]) -> String {
    if known.is_empty() {
        return ": gateway.yaml has no `environments`".to_owned();
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!(", only {}", known.join(", "))
}
