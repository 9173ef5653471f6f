//! One source of settings laid over another: what the upper one says counts, maps are merged key by
//! key, and an agent of another kind takes the place of the one below as a whole.

use std::collections::BTreeMap;

use super::agents::UpstreamKind;
use super::file::{AgentYaml, GatewayYaml, MemberYaml, NoOverlays, Overlay};
use super::jwt::JwtYaml;

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
            memory_mb: memory_mb.or(base.memory_mb),
            timeout_seconds: timeout_seconds.or(base.timeout_seconds),
            architecture: architecture.or(base.architecture),
            log_retention_days: log_retention_days.or(base.log_retention_days),
            trace: trace.or(base.trace),
            keep_alive_seconds: keep_alive_seconds.or(base.keep_alive_seconds),
            idle_timeout_seconds: idle_timeout_seconds.or(base.idle_timeout_seconds),
            environment: each(environment, base.environment, |value, _| value),
            tags: each(tags, base.tags, |value, _| value),
            env_file: env_file.or(base.env_file),
            reserved_concurrency: reserved_concurrency.or(base.reserved_concurrency),
            cors: cors.or(base.cors),
            probe: probe.or(base.probe),
            keep_versions: keep_versions.or(base.keep_versions),
            environments: NoOverlays,
        }
    }
}

impl AgentYaml {
    /// The kinds that the keys speak of: one, if all is well.
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
        let Self { issuer, audience } = self;
        Self {
            issuer: issuer.or(base.issuer),
            audience: audience.or(base.audience),
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
