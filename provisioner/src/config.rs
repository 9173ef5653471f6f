//! What the user wants, from four sources: a flag, else its environment variable, else
//! gateway.yaml, else a default. Checked in full before anything is read from AWS.

mod cors;
mod file;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use values::{
    AgentAliasId, AgentId, AgentName, Architecture, Auth, Name, Probe, Refused, Region,
    RetentionDays, Trace,
};

use crate::cli::GlobalArgs;
use crate::error::Hint;
use crate::state::Cors;
use file::GatewayYaml;
use values::Whole;

/// The name of the configuration file that need not exist.
const DEFAULT_FILE: &str = "gateway.yaml";

/// Every setting of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub name: Name,
    pub region: Region,
    /// Absent only where the command does not need it (`Needs::Target`).
    pub agent: Option<Agent>,
    pub auth: Auth,
    pub memory_mb: u16,
    pub timeout_seconds: u16,
    pub architecture: Architecture,
    pub log_retention_days: RetentionDays,
    pub trace: Trace,
    pub keep_alive_seconds: u16,
    pub idle_timeout_seconds: u16,
    /// Variables of the function besides our own.
    pub environment: BTreeMap<String, String>,
    /// Tags besides our own.
    pub tags: BTreeMap<String, String>,
    /// Seen from the working directory; in gateway.yaml it is relative to that file.
    pub env_file: PathBuf,
    /// `None` leaves it as it is.
    pub reserved_concurrency: Option<u16>,
    /// Which other origins may call the function URL; `None` leaves it as it is.
    pub cors: Option<Cors>,
    /// How `up` makes sure that it works.
    pub probe: Probe,
    /// How many versions of the function stay, to roll back to.
    pub keep_versions: u16,
}

/// The Bedrock agent behind the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub id: AgentId,
    pub alias: AgentAliasId,
    pub name: AgentName,
}

/// Which settings a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Name and Region: enough to find the deployment.
    Target,
    /// The agent too: enough to make it.
    Deployment,
    /// Nothing: on the local AWS every setting has a default.
    Nothing,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("could not read the configuration file `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{at}: {message}")]
    InvalidFile { at: String, message: String },
    #[error("`{flag}` or `{variable}`: {refused}")]
    InvalidFlag {
        flag: &'static str,
        variable: &'static str,
        refused: Refused,
    },
    #[error("{} missing: {}", if settings.len() == 1 { "a setting is" } else { "settings are" },
        settings.iter().map(|setting| format!("`{}`", setting.key)).collect::<Vec<_>>().join(", "))]
    Missing { settings: Vec<Setting> },
}

impl Hint for ConfigError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => {
                Some("give the path of an existing file with `--config`, or none at all".to_owned())
            }
            Self::InvalidFile { .. } => {
                Some("every setting is explained in templates/gateway.yaml".to_owned())
            }
            Self::InvalidFlag { .. } => None,
            Self::Missing { settings } => {
                let ways: Vec<String> = settings
                    .iter()
                    .map(
                        |Setting {
                             key,
                             flag,
                             variable,
                         }| {
                            format!("`{flag}`, `{variable}`, or `{key}` in {DEFAULT_FILE}")
                        },
                    )
                    .collect();
                Some(format!("set {}", ways.join("\n      set ")))
            }
        }
    }
}

/// A required setting and where it can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub key: &'static str,
    pub flag: &'static str,
    pub variable: &'static str,
}

const NAME: Setting = Setting {
    key: "name",
    flag: "--name",
    variable: "BEDROCK_GATEWAY_NAME",
};
const REGION: Setting = Setting {
    key: "region",
    flag: "--region",
    variable: "AWS_REGION",
};
const AGENT_ID: Setting = Setting {
    key: "agent.id",
    flag: "--agent-id",
    variable: "BEDROCK_GATEWAY_AGENT_ID",
};
const AGENT_ALIAS: Setting = Setting {
    key: "agent.alias",
    flag: "--agent-alias",
    variable: "BEDROCK_GATEWAY_AGENT_ALIAS",
};

impl Config {
    /// Reads gateway.yaml and lays flags and environment variables over it.
    pub fn load(args: &GlobalArgs, needs: Needs) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(&args.config) {
            Ok(text) => text,
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    && args.config == Path::new(DEFAULT_FILE) =>
            {
                String::new()
            }
            Err(source) => {
                return Err(ConfigError::Unreadable {
                    path: args.config.clone(),
                    source,
                });
            }
        };
        Self::resolve(&text, args, needs)
    }

    /// The same without I/O: `text` is what the configuration file contains.
    pub fn resolve(text: &str, args: &GlobalArgs, needs: Needs) -> Result<Self, ConfigError> {
        let yaml = file::parse(text, &args.config)?;
        // Destructured in full, so that a new setting does not compile until it is used.
        let GatewayYaml {
            name,
            region,
            agent,
            auth,
            memory_mb,
            timeout_seconds,
            architecture,
            log_retention_days,
            trace,
            keep_alive_seconds,
            idle_timeout_seconds,
            environment,
            tags,
            env_file,
            reserved_concurrency,
            cors,
            probe,
            keep_versions,
        } = yaml;
        let file::AgentYaml {
            id,
            alias,
            name: agent_name,
        } = agent;

        let name = given(args.name.as_deref(), NAME)?.or(name);
        let region = given(args.region.as_deref(), REGION)?.or(region);
        let id = given(args.agent_id.as_deref(), AGENT_ID)?.or(id);
        let alias = given(args.agent_alias.as_deref(), AGENT_ALIAS)?.or(alias);

        let (name, region, id, alias) = match needs {
            Needs::Target | Needs::Deployment => (name, region, id, alias),
            Needs::Nothing => (
                name.or_else(|| "magi".parse().ok()),
                region.or_else(|| "ap-northeast-1".parse().ok()),
                id.or_else(|| "LOCALAGENT".parse().ok()),
                alias.or_else(|| "LOCALALIAS".parse().ok()),
            ),
        };
        let wants_agent = needs == Needs::Deployment;
        let missing: Vec<Setting> = [
            (NAME, name.is_none()),
            (REGION, region.is_none()),
            (AGENT_ID, wants_agent && id.is_none()),
            (AGENT_ALIAS, wants_agent && alias.is_none()),
        ]
        .into_iter()
        .filter_map(|(setting, is_missing)| is_missing.then_some(setting))
        .collect();
        let (Some(name), Some(region), true) = (name, region, missing.is_empty()) else {
            return Err(ConfigError::Missing { settings: missing });
        };

        let agent = id.zip(alias).map(|(id, alias)| Agent {
            id,
            alias,
            name: agent_name.unwrap_or_default(),
        });
        Ok(Self {
            name,
            region,
            agent,
            auth,
            memory_mb: memory_mb.get(),
            timeout_seconds: timeout_seconds.get(),
            architecture,
            log_retention_days,
            trace,
            keep_alive_seconds: keep_alive_seconds.get(),
            idle_timeout_seconds: idle_timeout_seconds.get(),
            environment: environment
                .into_iter()
                .map(|(key, value)| (key.0, value))
                .collect(),
            tags: tags
                .into_iter()
                .map(|(key, value)| (key.0, value))
                .collect(),
            env_file: beside(&args.config, env_file),
            reserved_concurrency: reserved_concurrency.map(Whole::get),
            cors: cors.map(Cors::from),
            probe,
            keep_versions: keep_versions.get(),
        })
    }
}

/// The value of a flag or its environment variable. CI systems like to set variables to nothing.
fn given<T: FromStr<Err = Refused>>(
    text: Option<&str>,
    setting: Setting,
) -> Result<Option<T>, ConfigError> {
    let Setting {
        key: _,
        flag,
        variable,
    } = setting;
    text.filter(|text| !text.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|refused| ConfigError::InvalidFlag {
            flag,
            variable,
            refused,
        })
}

/// `path` as seen from the directory of the configuration file.
fn beside(config: &Path, path: PathBuf) -> PathBuf {
    match config.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory.join(path),
        _ => path,
    }
}

#[cfg(test)]
pub(crate) mod tests;
