//! gateway.yaml, as it is written, and one source of settings laid over another.
//!
//! Every key is optional here, because flags, overlays and defaults may supply it. Where two sources have
//! it, what the upper one says counts; maps are merged key by key, and an agent of another kind takes the
//! place of the one below as a whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::attributes::AttributeName;
use super::cors::CorsYaml;
use super::dialogue::{Answer, Request};
use super::identifiers::{
    AgentAliasId, AgentId, AgentKey, AgentName, HarnessArn, ManagedPolicy, MemberRole, Qualifier,
    RuntimeArn,
};
use super::jwt::JwtYaml;
use super::keys::{TagKey, TagValue, VariableName, some_unique, unique};
use super::protocol::Protocol;
use super::upstream::{History, UpstreamKind};
use super::values::{Name, Probe, Region, RetentionDays, Trace, WholeNumber};
use crate::deployment::access::{Auth, RoleSessions};
use crate::deployment::content::Architecture;

/// The file's top level. An overlay has the same keys, except overlays of its own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "E: Deserialize<'de> + Default")]
#[schemars(
    bound = "E: JsonSchema + Default",
    description = "The settings of one deployment."
)]
pub(super) struct GatewayYaml<E = Overlays> {
    /// The deployment's name: the function NAME, its role NAME-role, its log group /aws/lambda/NAME.
    /// Another name is another deployment.
    pub(super) name: Option<Name>,
    /// The AWS Region. It has no default, so that nothing is deployed to one by accident.
    pub(super) region: Option<Region>,
    /// The agent that answers, if there is one; for several see `agents`.
    pub(super) agent: Option<AgentYaml>,
    /// Several agents behind one URL. A request chooses one by its key: `"agent": "research"`.
    #[serde(default, deserialize_with = "some_unique")]
    pub(super) agents: Option<BTreeMap<AgentKey, AgentYaml>>,
    /// The key of the agent in `agents` that answers when a request names none.
    pub(super) default_agent: Option<AgentKey>,
    /// The names and roles under which clients see the agents, by collaborator, node of a graph, or agent's
    /// `name`.
    #[schemars(extend("type" = ["object", "null"]))]
    #[serde(default, deserialize_with = "unique")]
    pub(super) members: BTreeMap<AgentName, MemberYaml>,
    /// Who may call the function URL.
    #[schemars(extend("default" = "iam"))]
    pub(super) auth: Option<Auth>,
    /// Which tokens the function accepts with `auth: jwt`.
    pub(super) jwt: Option<JwtYaml>,
    /// Whether the sessions of one role are one caller, with `auth: iam`, where the role is no person's.
    pub(super) role_sessions: Option<RoleSessions>,
    /// Whether agents are told who calls, under reserved names.
    pub(super) pass_caller: Option<bool>,
    /// The session attributes that callers may set; there are none by default.
    pub(super) allowed_attributes: Option<Vec<AttributeName>>,
    /// The largest body of a request, in KB.
    pub(super) body_limit_kb: Option<WholeNumber<1, 6144>>,
    /// The function's memory in MB; CPU comes in proportion.
    #[schemars(extend("default" = 2048))]
    pub(super) memory_mb: Option<WholeNumber<128, 10240>>,
    /// How long one answer may take, in seconds.
    #[schemars(extend("default" = 600))]
    pub(super) timeout_seconds: Option<WholeNumber<1, 900>>,
    /// The size of /tmp in MB. Left out, it stays as it is.
    pub(super) ephemeral_storage_mb: Option<WholeNumber<512, 10240>>,
    /// The processor that the function is built for.
    #[schemars(extend("default" = "x86_64"))]
    pub(super) architecture: Option<Architecture>,
    /// For how many days the log is kept.
    #[schemars(extend("default" = 14))]
    pub(super) log_retention_days: Option<RetentionDays>,
    /// How much of the agent's trace callers may ask for.
    #[schemars(extend("default" = "summary"))]
    pub(super) trace: Option<Trace>,
    /// After so many seconds of silence a comment is sent, so that no proxy on the way closes the
    /// connection.
    #[schemars(extend("default" = 10))]
    pub(super) keep_alive_seconds: Option<WholeNumber<1, 60>>,
    /// After so many seconds without anything from the agent the stream ends with an error.
    #[schemars(extend("default" = 120))]
    pub(super) idle_timeout_seconds: Option<WholeNumber<5, 900>>,
    /// More environment variables of the function. Those named `GATEWAY_*` are made from the other
    /// settings.
    #[schemars(with = "Option<BTreeMap<VariableName, Scalar>>")]
    #[serde(default, deserialize_with = "unique")]
    pub(super) environment: BTreeMap<VariableName, String>,
    /// More tags on everything that is made.
    #[schemars(with = "Option<BTreeMap<TagKey, Scalar>>")]
    #[serde(default, deserialize_with = "unique")]
    pub(super) tags: BTreeMap<TagKey, TagValue>,
    /// The file into which `BEDROCK_GATEWAY_LAMBDA_URL` is written, relative to this file's directory.
    #[schemars(extend("default" = ".env.local"))]
    pub(super) env_file: Option<PathBuf>,
    /// The largest number of answers at the same time; 0 refuses every call. Left out, it stays as it is.
    pub(super) reserved_concurrency: Option<WholeNumber<0, 65535>>,
    /// The managed policy that says what the function's role may ever do, by its name or ARN. Left out, it
    /// stays as it is.
    pub(super) permissions_boundary: Option<ManagedPolicy>,
    /// Which web pages may call the URL directly from a browser. Left out, it stays as it is.
    pub(super) cors: Option<CorsYaml>,
    /// How `up` makes sure that a new version works before callers get it.
    #[schemars(extend("default" = "health"))]
    pub(super) probe: Option<Probe>,
    /// How many versions are kept for `provision rollback`.
    #[schemars(extend("default" = 5))]
    pub(super) keep_versions: Option<WholeNumber<2, 1000>>,
    /// The settings that differ in other environments, by the name that `--env` gives.
    #[schemars(with = "Option<E>")]
    #[serde(default)]
    pub(super) environments: E,
}

/// What differs, by environment.
#[derive(Debug, Default, JsonSchema)]
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

impl JsonSchema for NoOverlays {
    fn schema_name() -> Cow<'static, str> {
        "NoOverlays".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(false)
    }
}

impl<'de> Deserialize<'de> for NoOverlays {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom(
            "an environment has no environments of its own",
        ))
    }
}

/// One agent: of which kind, shows in the keys that are given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentYaml {
    /// The Bedrock agent's id, as the console shows it; goes with `alias`.
    pub(super) id: Option<AgentId>,
    /// The id of its alias, not the alias's name. `TSTALIASID` is the working draft of every agent.
    pub(super) alias: Option<AgentAliasId>,
    /// The ARN of an AgentCore runtime, instead of `id` and `alias`.
    pub(super) runtime: Option<RuntimeArn>,
    /// The ARN of an AgentCore harness, instead of `id` and `alias`.
    pub(super) harness: Option<HarnessArn>,
    /// The endpoint of the runtime or harness; `DEFAULT` if left out.
    pub(super) qualifier: Option<Qualifier>,
    /// Who keeps the conversation with a harness: its session, or the client, for a harness without memory.
    #[schemars(extend("default" = "session"))]
    pub(super) history: Option<History>,
    /// The protocol that the runtime was made with. One that is asked in another refuses every question.
    #[schemars(extend("default" = "http"))]
    pub(super) protocol: Option<Protocol>,
    /// The agent's name in the stream.
    pub(super) name: Option<AgentName>,
    /// What the runtime is asked with, if not with `{"prompt": …, "sessionId": …}`. Strings may have `${question}`,
    /// `${session}`, `${caller}` (with `pass_caller`), `${files}`, `${history}` and `${messages}`.
    pub(super) request: Option<Request>,
    /// Where the words are in the runtime's own objects, by JSON Pointers.
    pub(super) answer: Option<Answer>,
}

/// How clients see one of those who speak.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberYaml {
    /// The name that clients see.
    pub(super) name: Option<AgentName>,
    /// The part it plays. A `judge` is shown as `judging` while it weighs what the others said.
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

/// A text that may be written as any scalar of YAML: `5` is as good as `"5"`.
struct Scalar;

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
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
