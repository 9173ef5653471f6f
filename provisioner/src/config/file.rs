//! gateway.yaml, as it is written. Every key is optional here, because flags, overlays and defaults may
//! supply it.

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
}
