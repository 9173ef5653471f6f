//! What templates can name.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::agent_checks::{AgentCheck, agent_checks};
use super::origin::Origin;
use super::reference::Reference;
use super::target::Target;
use crate::config::{Config, Probe};
use crate::deployment::access::{Auth, AuthType, Cors, InvokeMode, UrlSettings};
use crate::deployment::content::Configuration;
use crate::deployment::document::Document;
use crate::deployment::names::{Account, Names, Tags};
use crate::deployment::permission::Grant;
use crate::deployment::state::{Desired, Role};
use crate::plan::role_documents;

/// A deployment, with the names that templates use for its parts.
#[derive(Debug, Serialize)]
pub(super) struct View<'a> {
    /// What the user typed, for the first line of each file.
    target: String,
    /// The overlay of gateway.yaml, if one is wanted.
    env: Option<&'a str>,
    /// The variable of the GitHub repository that holds the role to deploy with.
    role_variable: String,
    deployment: &'a str,
    region: &'a str,
    architecture: &'a str,
    function: &'a str,
    alias: &'a str,
    role: &'a str,
    role_policy: &'a str,
    /// What the role may ever do, where it is configured.
    boundary: Option<&'a str>,
    /// The deploy role demands it of the function's role.
    demanded_boundary: String,
    /// The same as a policy that comes with the deploy role, unless it is one of somebody else's.
    own_boundary: Option<OwnBoundary<'a>>,
    log_group: &'a str,
    retention_days: u16,
    trust: &'a Document,
    policy: &'a Document,
    agent_checks: Vec<AgentCheck>,
    /// Every setting of the function under its own name.
    #[serde(flatten)]
    configuration: &'a Configuration,
    log_format: &'a str,
    tags: &'a Tags,
    /// `iam`, `jwt` or `none`.
    auth: &'static str,
    auth_type: AuthType,
    invoke_mode: InvokeMode,
    /// `None` leaves it out, as `up` leaves it as it is.
    cors: Option<CorsView<'a>>,
    reserved_concurrency: Option<u16>,
    /// What anybody may do, so that the URL is open. Nothing, if callers sign.
    grants: Vec<GrantView>,
    /// How a job comes by `provision`; of the workflow only.
    origin: Option<&'a Origin>,
    /// Whoever deploys asks with a caller's token.
    asks_with_token: bool,
    /// Changes with every setting that is frozen in a version of the function.
    configuration_hash: String,
}

/// The permissions boundary that is made with the deploy role.
#[derive(Debug, Serialize)]
struct OwnBoundary<'a> {
    name: &'a str,
    document: Document,
    /// Nothing in gateway.yaml names it: the workflow does.
    is_told_by_workflow: bool,
}

/// Cross-origin settings, in CloudFormation's words. A list that is empty is left out: it means none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CorsView<'a> {
    allow_credentials: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    allow_headers: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    allow_methods: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    allow_origins: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    expose_headers: &'a BTreeSet<String>,
    max_age: u32,
}

impl<'a> CorsView<'a> {
    fn new(cors: &'a Cors) -> Self {
        let Cors {
            allow_credentials,
            allow_headers,
            allow_methods,
            allow_origins,
            expose_headers,
            max_age_seconds,
        } = cors;
        Self {
            allow_credentials: *allow_credentials,
            allow_headers,
            allow_methods,
            allow_origins,
            expose_headers,
            max_age: *max_age_seconds,
        }
    }
}

/// One statement that opens the URL.
#[derive(Debug, Serialize)]
struct GrantView {
    /// `call-url` or `invoke-via-url`.
    name: Grant,
    sid: &'static str,
    action: &'static str,
}

impl<'a> View<'a> {
    pub(super) fn new(
        config: &'a Config,
        desired: &'a Desired,
        target: Target,
        env: Option<&'a str>,
        origin: Option<&'a Origin>,
    ) -> Self {
        // Destructured in full, so that a new field does not compile until every target has it.
        let Desired {
            names,
            tags,
            retention_days,
            role:
                Role {
                    arn: _,
                    trust,
                    policy,
                    boundary: wanted_boundary,
                },
            configuration,
            package: _,
            reserved_concurrency,
            // `up` alone takes old versions away.
            keep_versions: _,
            adopt: _,
            url,
            auth,
        } = desired;
        let Names {
            deployment,
            function,
            alias,
            role,
            role_policy,
            boundary,
            log_group,
        } = names;
        let UrlSettings {
            auth_type,
            invoke_mode,
            cors,
        } = url;
        let account = Reference::account();
        let Account { partition, id } = &account;
        let own_arn = format!("arn:{partition}:iam::{id}:policy/{boundary}");
        let configured = config.permissions_boundary.as_ref();
        let is_own = configured.is_none_or(|it| it.is_named(boundary));
        let own_boundary = config.agents.as_ref().filter(|_| is_own);
        let own_boundary = own_boundary.map(|agents| OwnBoundary {
            name: boundary,
            document: role_documents::boundary(
                agents,
                config.pass_caller,
                &config.region,
                &account,
                names,
            ),
            is_told_by_workflow: configured.is_none(),
        });
        let architecture = config.architecture.as_str();
        Self {
            target: env.map_or_else(|| target.to_string(), |env| format!("{target} --env {env}")),
            env,
            role_variable: role_variable(env),
            deployment,
            region: config.region.as_str(),
            architecture,
            function,
            alias,
            role,
            role_policy,
            boundary: wanted_boundary.as_deref(),
            demanded_boundary: wanted_boundary.clone().unwrap_or_else(|| own_arn.clone()),
            own_boundary,
            log_group,
            retention_days: *retention_days,
            trust,
            policy,
            agent_checks: config
                .agents
                .as_ref()
                .map(|agents| agent_checks(agents, &config.region))
                .unwrap_or_default(),
            configuration,
            log_format: configuration.logging.format.as_str(),
            tags,
            auth: auth.as_str(),
            auth_type: *auth_type,
            invoke_mode: *invoke_mode,
            cors: cors.as_ref().map(CorsView::new),
            reserved_concurrency: *reserved_concurrency,
            grants: Grant::opening(*auth_type)
                .iter()
                .map(|grant| GrantView {
                    name: *grant,
                    sid: grant.sid(),
                    action: grant.action(),
                })
                .collect(),
            origin,
            asks_with_token: *auth == Auth::Jwt && config.probe == Probe::Ask,
            configuration_hash: hash(configuration, architecture),
        }
    }
}

/// Of its own for each environment: each has its own role.
fn role_variable(env: Option<&str>) -> String {
    let suffix = env.map(|env| format!("_{}", env.to_ascii_uppercase().replace('-', "_")));
    format!("AWS_DEPLOY_ROLE{}", suffix.unwrap_or_default())
}

/// The first bytes of a hash over what a version freezes besides the code.
fn hash(configuration: &Configuration, architecture: &str) -> String {
    let frozen = Configuration {
        // It follows from the deployment's name, and is made by the other tool.
        role_arn: String::new(),
        ..configuration.clone()
    };
    let frozen = json!([architecture, frozen]).to_string();
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(frozen).into();
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}
