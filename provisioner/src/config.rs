//! What the user wants: a flag, else its environment variable, else the overlay of `--env`, else
//! gateway.yaml, else a default. Checked in full before anything is read from AWS.

mod agents;
mod attributes;
mod cors;
mod dialogue;
mod error;
mod file;
pub mod flags;
pub(crate) mod gateway_agents;
mod identifiers;
mod jwt;
mod keys;
mod overlay;
mod parse;
mod pattern;
mod position;
mod protocol;
mod resolve;
pub mod schema;
mod upstream;
mod values;
pub(crate) mod variables;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use agents::{Agent, Agents, Member};
pub use attributes::{AttributeName, Word};
pub use dialogue::{Answer, Dialogue, Pointer, Request};
pub use error::{ConfigError, Setting};
pub use flags::{DEFAULT_FILE, SettingFlags};
pub use identifiers::{
    AgentAliasId, AgentId, AgentKey, AgentName, HarnessArn, ManagedPolicy, MemberRole, Qualifier,
    RuntimeArn,
};
pub use jwt::{Audience, Issuer, Jwt};
pub use protocol::Protocol;
pub use upstream::{History, Upstream, UpstreamKind};
pub use values::{InvalidValue, Name, Probe, Region, RetentionDays, Trace};

use file::Overlay;
use values::WholeNumber;

use crate::deployment::access::{Auth, Cors, RoleSessions};
use crate::deployment::content::Architecture;
use crate::deployment::names::Names;

/// Every setting of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub name: Name,
    pub region: Region,
    /// Absent only where the command does not need them (`Needs::Target`).
    pub agents: Option<Agents>,
    pub auth: Auth,
    /// There exactly if `auth` is `jwt`.
    pub jwt: Option<Jwt>,
    /// With `auth: iam`.
    pub role_sessions: RoleSessions,
    /// Whether agents are told who calls.
    pub pass_caller: bool,
    /// The session attributes that callers may set.
    pub allowed_attributes: Vec<AttributeName>,
    /// The largest body of a request, in KB; `None` leaves it to the function.
    pub body_limit_kb: Option<u16>,
    pub memory_mb: u16,
    pub timeout_seconds: u16,
    /// Of `/tmp`, in MB; `None` leaves it as it is.
    pub ephemeral_storage_mb: Option<u16>,
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
    /// What the function's role may ever do; `None` leaves it as it is.
    pub permissions_boundary: Option<ManagedPolicy>,
    /// Which other origins may call the function URL; `None` leaves it as it is.
    pub cors: Option<Cors>,
    /// How `up` makes sure that it works.
    pub probe: Probe,
    /// How many versions of the function stay, to roll back to.
    pub keep_versions: u16,
}

/// What takes more than one source to decide, or more than one setting.
struct Settled {
    name: Name,
    region: Region,
    agents: Option<Agents>,
    auth: Auth,
    jwt: Option<Jwt>,
    pass_caller: bool,
    env_file: PathBuf,
}

impl Config {
    /// All sources together: what none of them says has its default.
    fn of(yaml: Overlay, settled: Settled) -> Self {
        let Settled {
            name,
            region,
            agents,
            auth,
            jwt,
            pass_caller,
            env_file,
        } = settled;
        Self {
            name,
            region,
            agents,
            auth,
            jwt,
            role_sessions: yaml.role_sessions.unwrap_or_default(),
            pass_caller,
            allowed_attributes: yaml.allowed_attributes.unwrap_or_default(),
            body_limit_kb: yaml.body_limit_kb.map(WholeNumber::get),
            memory_mb: yaml.memory_mb.unwrap_or(WholeNumber::new::<2048>()).get(),
            timeout_seconds: yaml
                .timeout_seconds
                .unwrap_or(WholeNumber::new::<600>())
                .get(),
            ephemeral_storage_mb: yaml.ephemeral_storage_mb.map(WholeNumber::get),
            architecture: yaml.architecture.unwrap_or_default(),
            log_retention_days: yaml.log_retention_days.unwrap_or_default(),
            trace: yaml.trace.unwrap_or_default(),
            keep_alive_seconds: yaml
                .keep_alive_seconds
                .unwrap_or(WholeNumber::new::<10>())
                .get(),
            idle_timeout_seconds: yaml
                .idle_timeout_seconds
                .unwrap_or(WholeNumber::new::<120>())
                .get(),
            environment: yaml
                .environment
                .into_iter()
                .map(|(key, value)| (key.0, value))
                .collect(),
            tags: yaml
                .tags
                .into_iter()
                .map(|(key, value)| (key.0, value.0))
                .collect(),
            env_file,
            reserved_concurrency: yaml.reserved_concurrency.map(WholeNumber::get),
            permissions_boundary: yaml.permissions_boundary,
            cors: yaml.cors.map(Cors::from),
            probe: yaml.probe.unwrap_or_default(),
            keep_versions: yaml.keep_versions.unwrap_or(WholeNumber::new::<5>()).get(),
        }
    }

    /// The names of the deployment's resources.
    pub fn names(&self) -> Names {
        Names::of(self.name.as_str())
    }
}

/// Which settings a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Name and Region: enough to find the deployment.
    Target,
    /// The agents too: enough to make it.
    Deployment,
    /// Nothing: on the local AWS every setting has a default.
    Nothing,
}

#[cfg(test)]
pub(crate) mod tests;
