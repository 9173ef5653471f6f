//! gateway.yaml, as it is written, and one source of settings laid over another.
//!
//! Every key is optional here, because flags, overlays and defaults may supply it. Where two sources have
//! it, what the upper one says counts; maps are merged key by key, and an agent of another kind takes the
//! place of the one below as a whole.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::attributes::AttributeName;
use super::cors::CorsYaml;
use super::identifiers::{
    AgentAliasId, AgentId, AgentKey, AgentName, HarnessArn, ManagedPolicy, MemberRole, Qualifier,
    RuntimeArn,
};
use super::jwt::JwtYaml;
use super::keys::{TagKey, TagValue, VariableName, some_unique, unique};
use super::upstream::UpstreamKind;
use super::values::{Name, Probe, Region, RetentionDays, Trace, WholeNumber};
use crate::deployment::access::{Auth, RoleSessions};
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
    pub(super) role_sessions: Option<RoleSessions>,
    pub(super) pass_caller: Option<bool>,
    pub(super) allowed_attributes: Option<Vec<AttributeName>>,
    pub(super) body_limit_kb: Option<WholeNumber<1, 6144>>,
    pub(super) memory_mb: Option<WholeNumber<128, 10240>>,
    pub(super) timeout_seconds: Option<WholeNumber<1, 900>>,
    pub(super) ephemeral_storage_mb: Option<WholeNumber<512, 10240>>,
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
    pub(super) permissions_boundary: Option<ManagedPolicy>,
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

impl Overlay {
    /// `self` where it says something, else `base`.
    pub(super) fn over<E>(self, base: GatewayYaml<E>) -> Self {
        // Destructured in full, so that a new setting does not compile until it is merged.
        let Self {
            name,
            region,
            agent,
            agents,
            default_agent,
            members,
            auth,
            jwt,
            role_sessions,
            pass_caller,
            allowed_attributes,
            body_limit_kb,
            memory_mb,
            timeout_seconds,
            ephemeral_storage_mb,
            architecture,
            log_retention_days,
            trace,
            keep_alive_seconds,
            idle_timeout_seconds,
            environment,
            tags,
            env_file,
            reserved_concurrency,
            permissions_boundary,
            cors,
            probe,
            keep_versions,
            environments: NoOverlays,
        } = self;
        // The two forms exclude each other: the upper one's form is meant.
        let (base_agent, base_agents, base_default) = match (&agent, &agents) {
            (Some(_), None) => (base.agent, None, None),
            (None, Some(_)) => (None, base.agents, base.default_agent),
            (Some(_), Some(_)) | (None, None) => (base.agent, base.agents, base.default_agent),
        };
        Self {
            name: name.or(base.name),
            region: region.or(base.region),
            agent: merged(agent, base_agent, AgentYaml::over),
            agents: merged(agents, base_agents, |agents, below| {
                each(agents, below, AgentYaml::over)
            }),
            default_agent: default_agent.or(base_default),
            members: each(members, base.members, MemberYaml::over),
            auth: auth.or(base.auth),
            jwt: merged(jwt, base.jwt, JwtYaml::over),
            role_sessions: role_sessions.or(base.role_sessions),
            pass_caller: pass_caller.or(base.pass_caller),
            allowed_attributes: allowed_attributes.or(base.allowed_attributes),
            body_limit_kb: body_limit_kb.or(base.body_limit_kb),
            memory_mb: memory_mb.or(base.memory_mb),
            timeout_seconds: timeout_seconds.or(base.timeout_seconds),
            ephemeral_storage_mb: ephemeral_storage_mb.or(base.ephemeral_storage_mb),
            architecture: architecture.or(base.architecture),
            log_retention_days: log_retention_days.or(base.log_retention_days),
            trace: trace.or(base.trace),
            keep_alive_seconds: keep_alive_seconds.or(base.keep_alive_seconds),
            idle_timeout_seconds: idle_timeout_seconds.or(base.idle_timeout_seconds),
            environment: each(environment, base.environment, |value, _| value),
            tags: each(tags, base.tags, |value, _| value),
            env_file: env_file.or(base.env_file),
            reserved_concurrency: reserved_concurrency.or(base.reserved_concurrency),
            permissions_boundary: permissions_boundary.or(base.permissions_boundary),
            cors: cors.or(base.cors),
            probe: probe.or(base.probe),
            keep_versions: keep_versions.or(base.keep_versions),
            environments: NoOverlays,
        }
    }
}

impl AgentYaml {
    /// The kinds of agents that the given keys belong to. More than one is a mistake.
    pub(super) fn kinds(&self) -> Vec<UpstreamKind> {
        [
            (
                self.id.is_some() || self.alias.is_some(),
                UpstreamKind::BedrockAgent,
            ),
            (self.runtime.is_some(), UpstreamKind::Runtime),
            (self.harness.is_some(), UpstreamKind::Harness),
        ]
        .into_iter()
        .filter_map(|(given, kind)| given.then_some(kind))
        .collect()
    }

    /// `self` where it says something, else `base`; of an agent of another kind only the name stays.
    pub(super) fn over(self, base: Self) -> Self {
        let kinds = self.kinds();
        let base = if kinds.is_empty() || base.kinds().iter().any(|kind| kinds.contains(kind)) {
            base
        } else {
            Self {
                name: base.name,
                ..Self::default()
            }
        };
        let Self {
            id,
            alias,
            runtime,
            harness,
            qualifier,
            name,
        } = self;
        Self {
            id: id.or(base.id),
            alias: alias.or(base.alias),
            runtime: runtime.or(base.runtime),
            harness: harness.or(base.harness),
            qualifier: qualifier.or(base.qualifier),
            name: name.or(base.name),
        }
    }
}

impl MemberYaml {
    fn over(self, base: Self) -> Self {
        let Self { name, role } = self;
        Self {
            name: name.or(base.name),
            role: role.or(base.role),
        }
    }
}

impl JwtYaml {
    fn over(self, base: Self) -> Self {
        let Self {
            issuer,
            audience,
            access_tokens_only,
            required_scopes,
            required_groups,
            pass_claims,
        } = self;
        Self {
            issuer: issuer.or(base.issuer),
            audience: audience.or(base.audience),
            access_tokens_only: access_tokens_only.or(base.access_tokens_only),
            required_scopes: required_scopes.or(base.required_scopes),
            required_groups: required_groups.or(base.required_groups),
            pass_claims: pass_claims.or(base.pass_claims),
        }
    }
}

fn merged<T>(upper: Option<T>, base: Option<T>, merge: impl Fn(T, T) -> T) -> Option<T> {
    match (upper, base) {
        (Some(upper), Some(base)) => Some(merge(upper, base)),
        (upper, base) => upper.or(base),
    }
}

fn each<K: Ord, V>(
    upper: BTreeMap<K, V>,
    mut base: BTreeMap<K, V>,
    merge: impl Fn(V, V) -> V,
) -> BTreeMap<K, V> {
    for (key, value) in upper {
        let value = match base.remove(&key) {
            Some(below) => merge(value, below),
            None => value,
        };
        base.insert(key, value);
    }
    base
}
