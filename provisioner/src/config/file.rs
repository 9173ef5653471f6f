//! gateway.yaml, as it is written; every key is optional here, because flags, overlays and defaults
//! may supply it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::cors::CorsYaml;
use super::identifiers::{
    AgentAliasId, AgentId, AgentKey, AgentName, HarnessArn, MemberRole, Qualifier, RuntimeArn,
};
use super::jwt::JwtYaml;
use super::keys::{TagKey, TagValue, VariableName, some_unique, unique};
use super::values::{Name, Probe, Region, RetentionDays, Trace, WholeNumber};
use crate::deployment::access::Auth;
use crate::deployment::content::Architecture;

/// The file's top level. An overlay has the same keys, except overlays of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, bound = "E: Deserialize<'de> + Default")]
pub(super) struct GatewayYaml<E = Overlays> {
    pub(super) name: Option<Name>,
    pub(super) region: Option<Region>,
    pub(super) agent: Option<AgentYaml>,
    #[serde(deserialize_with = "some_unique")]
    pub(super) agents: Option<BTreeMap<AgentKey, AgentYaml>>,
    pub(super) default_agent: Option<AgentKey>,
    #[serde(deserialize_with = "unique")]
    pub(super) members: BTreeMap<AgentName, MemberYaml>,
    pub(super) auth: Option<Auth>,
    pub(super) jwt: Option<JwtYaml>,
    pub(super) memory_mb: Option<WholeNumber<128, 10240>>,
    pub(super) timeout_seconds: Option<WholeNumber<1, 900>>,
    pub(super) architecture: Option<Architecture>,
    pub(super) log_retention_days: Option<RetentionDays>,
    pub(super) trace: Option<Trace>,
    pub(super) keep_alive_seconds: Option<WholeNumber<1, 60>>,
    pub(super) idle_timeout_seconds: Option<WholeNumber<5, 900>>,
    #[serde(deserialize_with = "unique")]
    pub(super) environment: BTreeMap<VariableName, String>,
    #[serde(deserialize_with = "unique")]
    pub(super) tags: BTreeMap<TagKey, TagValue>,
    pub(super) env_file: Option<PathBuf>,
    pub(super) reserved_concurrency: Option<WholeNumber<0, 65535>>,
    pub(super) cors: Option<CorsYaml>,
    pub(super) probe: Option<Probe>,
    pub(super) keep_versions: Option<WholeNumber<2, 1000>>,
    pub(super) environments: E,
}

/// What differs, by environment.
#[derive(Debug, Default)]
pub(super) struct Overlays(pub(super) BTreeMap<Name, Overlay>);

impl<'de> Deserialize<'de> for Overlays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unique(deserializer).map(Self)
    }
}

/// The settings that differ in one environment.
pub(super) type Overlay = GatewayYaml<NoOverlays>;

/// One level of overlays is enough.
#[derive(Debug, Default)]
pub(super) struct NoOverlays;

impl<'de> Deserialize<'de> for NoOverlays {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom(
            "an environment has no environments of its own",
        ))
    }
}

/// One agent: of which kind, shows in the keys that are given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentYaml {
    pub(super) id: Option<AgentId>,
    pub(super) alias: Option<AgentAliasId>,
    pub(super) runtime: Option<RuntimeArn>,
    pub(super) harness: Option<HarnessArn>,
    pub(super) qualifier: Option<Qualifier>,
    pub(super) name: Option<AgentName>,
}

/// How clients see one of those who speak.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberYaml {
    pub(super) name: Option<AgentName>,
    pub(super) role: Option<MemberRole>,
}
