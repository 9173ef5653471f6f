//! gateway.yaml, as it is written; every key is optional here, because flags may supply it.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use serde::de::Deserializer;

use super::ConfigError;
use super::cors::CorsYaml;
use super::values::{
    AgentAliasId, AgentId, AgentName, Architecture, Auth, Checked, Name, Probe, Refused, Region,
    RetentionDays, Trace, Whole,
};
use crate::desired::OWN_VARIABLES;
use crate::state::{DEPLOYMENT_TAG, MANAGED_BY_TAG};

/// The file's top level.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayYaml {
    pub(super) name: Option<Name>,
    pub(super) region: Option<Region>,
    #[serde(default)]
    pub(super) agent: AgentYaml,
    #[serde(default)]
    pub(super) auth: Auth,
    #[serde(default = "Whole::new::<2048>")]
    pub(super) memory_mb: Whole<128, 10240>,
    #[serde(default = "Whole::new::<600>")]
    pub(super) timeout_seconds: Whole<1, 900>,
    #[serde(default)]
    pub(super) architecture: Architecture,
    #[serde(default)]
    pub(super) log_retention_days: RetentionDays,
    #[serde(default)]
    pub(super) trace: Trace,
    #[serde(default = "Whole::new::<10>")]
    pub(super) keep_alive_seconds: Whole<1, 60>,
    #[serde(default = "Whole::new::<120>")]
    pub(super) idle_timeout_seconds: Whole<5, 900>,
    #[serde(default)]
    pub(super) environment: BTreeMap<VariableName, String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<TagKey, String>,
    #[serde(default = "env_local")]
    pub(super) env_file: PathBuf,
    pub(super) reserved_concurrency: Option<Whole<0, 65535>>,
    pub(super) cors: Option<CorsYaml>,
    #[serde(default)]
    pub(super) probe: Probe,
    #[serde(default = "Whole::new::<5>")]
    pub(super) keep_versions: Whole<2, 1000>,
}

/// The agent behind the gateway.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentYaml {
    pub(super) id: Option<AgentId>,
    pub(super) alias: Option<AgentAliasId>,
    pub(super) name: Option<AgentName>,
}

/// An environment variable that the user may set on the function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VariableName(pub(super) String);

impl VariableName {
    /// What Lambda sets itself and refuses from us, besides `AWS_LAMBDA_*`.
    const RESERVED: [&str; 12] = [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    ];

    /// Lambda's own pattern: a letter, then at least one letter, digit or `_`.
    fn is_valid(text: &str) -> bool {
        text.len() >= 2
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl FromStr for VariableName {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let expected = if text.starts_with(OWN_VARIABLES) {
            "a name without `GATEWAY_`: those variables are made from the other settings"
        } else if Self::RESERVED.contains(&text) || text.starts_with("AWS_LAMBDA_") {
            "a name that Lambda does not reserve for itself"
        } else if !Self::is_valid(text) {
            "a letter, then at least one letter, digit or `_`"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Refused {
            value: text.to_owned(),
            expected,
        })
    }
}

impl<'de> Deserialize<'de> for VariableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Checked(PhantomData))
    }
}

/// The key of a tag that the user may set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TagKey(pub(super) String);

impl FromStr for TagKey {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let ours = [MANAGED_BY_TAG, DEPLOYMENT_TAG].contains(&text);
        if ours || text.to_ascii_lowercase().starts_with("aws:") || text.is_empty() {
            return Err(Refused {
                value: text.to_owned(),
                expected: "a key other than `aws:*` and those by which this tool knows its resources",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for TagKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Checked(PhantomData))
    }
}

fn env_local() -> PathBuf {
    PathBuf::from(".env.local")
}

/// Parses the text of a configuration file; `path` is for the error only.
pub(super) fn parse(text: &str, path: &Path) -> Result<GatewayYaml, ConfigError> {
    serde_yaml::from_str(text).map_err(|error| invalid_file(&error, path))
}

/// Puts the position first, as compilers do, where editors and terminals make a link of it.
fn invalid_file(error: &serde_yaml::Error, path: &Path) -> ConfigError {
    let text = error.to_string();
    let (position, message) = match error.location() {
        Some(at) => {
            let suffix = format!(" at line {} column {}", at.line(), at.column());
            let message = text.strip_suffix(&suffix).unwrap_or(&text).to_owned();
            (format!(":{}:{}", at.line(), at.column()), message)
        }
        None => (String::new(), text),
    };
    ConfigError::InvalidFile {
        at: format!("{}{position}", path.display()),
        message,
    }
}
