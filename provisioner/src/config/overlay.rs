//! One source of settings laid over another. Where both have a key, what the upper one says counts; maps are
//! merged key by key, and an agent of another kind takes the place of the one below as a whole.

use std::collections::BTreeMap;

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
            history,
            protocol,
            name,
            request,
            answer,
        } = self;
        Self {
            id: id.or(base.id),
            alias: alias.or(base.alias),
            runtime: runtime.or(base.runtime),
            harness: harness.or(base.harness),
            qualifier: qualifier.or(base.qualifier),
            history: history.or(base.history),
            protocol: protocol.or(base.protocol),
            name: name.or(base.name),
            request: request.or(base.request),
            answer: answer.or(base.answer),
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
