//! Turns the configuration into what must exist. Pure: every name, ARN and document follows from
//! the configuration, the account and the package.

mod gateway_agents;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use gateway_agents::{read, written};

use crate::config::{Agent, Agents, Audience, Auth, Config, Jwt, Region, Upstream};
use crate::document::Document;
use crate::package::Package;
use crate::state::{
    Account, Configuration, DEPLOYMENT_TAG, Desired, Logging, MANAGED_BY, MANAGED_BY_TAG, Names,
    Role, Tags, UrlSettings,
};

/// The prefix of the function's variables that are ours.
pub const OWN_VARIABLES: &str = "GATEWAY_";

/// The variables themselves. Their values are no secrets and may be shown, unlike those of variables
/// that somebody has given our prefix.
pub const SHOWN_VARIABLES: [&str; 7] = [
    AGENTS_VARIABLE,
    AUTH_VARIABLE,
    "GATEWAY_IDLE_TIMEOUT_SECONDS",
    "GATEWAY_JWT_AUDIENCE",
    "GATEWAY_JWT_ISSUER",
    "GATEWAY_KEEP_ALIVE_SECONDS",
    "GATEWAY_TRACE",
];

/// The variable that says who may call.
const AUTH_VARIABLE: &str = "GATEWAY_AUTH";

/// The variable that names the agents.
pub const AGENTS_VARIABLE: &str = "GATEWAY_AGENTS";

/// What `config` asks for in `account`.
pub fn desired(
    config: &Config,
    agents: &Agents,
    account: &Account,
    package: Option<Package>,
) -> Desired {
    let names = Names::of(config.name.as_str());
    let Account { partition, id } = account;
    let role_arn = format!("arn:{partition}:iam::{id}:role/{}", names.role);
    Desired {
        tags: tags(config, &names),
        retention_days: config.log_retention_days.get(),
        role: Role {
            arn: role_arn.clone(),
            trust: trust(),
            policy: policy(agents, &config.region, account, &names),
        },
        configuration: Configuration {
            role_arn,
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            memory_mb: config.memory_mb.into(),
            timeout_seconds: config.timeout_seconds.into(),
            logging: Some(Logging {
                log_group: names.log_group.clone(),
                format: "JSON".to_owned(),
            }),
            environment: environment(config, agents),
        },
        package,
        url: UrlSettings {
            auth_type: auth_type(config.auth).to_owned(),
            invoke_mode: "RESPONSE_STREAM".to_owned(),
            cors: config.cors.clone(),
        },
        reserved_concurrency: config.reserved_concurrency,
        keep_versions: config.keep_versions.into(),
        adopt: false,
        auth: config.auth,
        names,
    }
}

/// The function URL's auth type.
pub(crate) fn auth_type(auth: Auth) -> &'static str {
    match auth {
        Auth::Iam => "AWS_IAM",
        // The function checks the tokens itself.
        Auth::Jwt | Auth::None => "NONE",
    }
}

/// Whom a version with this environment lets in; `None` if it is not told there as we tell it.
pub(crate) fn auth_of(environment: &BTreeMap<String, String>) -> Option<Auth> {
    environment.get(AUTH_VARIABLE)?.parse().ok()
}

fn tags(config: &Config, names: &Names) -> Tags {
    let mut tags = config.tags.clone();
    tags.insert(MANAGED_BY_TAG.to_owned(), MANAGED_BY.to_owned());
    tags.insert(DEPLOYMENT_TAG.to_owned(), names.deployment.clone());
    tags
}

fn trust() -> Document {
    Document::new(json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    }))
}

/// What a version with this environment needs of its role; `None` if its agents are not told there as
/// we tell them.
pub(crate) fn policy_needed(
    environment: &BTreeMap<String, String>,
    region: &Region,
    account: &Account,
    names: &Names,
) -> Option<Document> {
    let agents = read(environment.get(AGENTS_VARIABLE)?)?;
    Some(policy(&agents, region, account, names))
}

/// Exactly these agents and exactly this log group. Creating the group is left out: Lambda would
/// make it again, without retention, after it was deleted.
fn policy(agents: &Agents, region: &Region, account: &Account, names: &Names) -> Document {
    let Account { partition, id } = account;
    let log_group = &names.log_group;
    let mut statements = invocations(agents, |agent_alias| {
        format!("arn:{partition}:bedrock:{region}:{id}:agent-alias/{agent_alias}")
    });
    statements.push(json!({
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": format!("arn:{partition}:logs:{region}:{id}:log-group:{log_group}:*"),
    }));
    Document::new(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// One statement a kind of agent. AWS checks a call to AgentCore twice, on the agent and on its
/// endpoint; a harness runs on a runtime, and calling it takes the permission for both.
fn invocations(agents: &Agents, alias_arn: impl Fn(&str) -> String) -> Vec<Value> {
    let (mut aliases, mut runtimes, mut harnesses) = (Vec::new(), Vec::new(), Vec::new());
    for Agent { name: _, upstream } in agents.by_key.values() {
        match upstream {
            Upstream::BedrockAgent { id, alias } => {
                aliases.push(alias_arn(&format!("{id}/{alias}")));
            }
            Upstream::Runtime { arn, qualifier } => {
                runtimes.extend([
                    arn.to_string(),
                    format!("{arn}/runtime-endpoint/{qualifier}"),
                ]);
            }
            Upstream::Harness { arn, qualifier } => {
                harnesses.extend([
                    arn.to_string(),
                    format!("{arn}/harness-endpoint/{qualifier}"),
                ]);
            }
        }
    }
    let invoke_runtime = "bedrock-agentcore:InvokeAgentRuntime";
    let invoke_harness = ["bedrock-agentcore:InvokeHarness", invoke_runtime];
    [
        ("InvokeAgent", json!("bedrock:InvokeAgent"), aliases),
        ("InvokeRuntime", json!(invoke_runtime), runtimes),
        ("InvokeHarness", json!(invoke_harness), harnesses),
    ]
    .into_iter()
    .filter(|(_, _, resources)| !resources.is_empty())
    .map(|(sid, action, mut resources)| {
        // Two agents may be two names for one.
        resources.sort();
        resources.dedup();
        let resource = match resources.as_slice() {
            [only] => json!(only),
            several => json!(several),
        };
        json!({ "Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource })
    })
    .collect()
}

/// The function's variables: the user's, and ours.
pub(crate) fn environment(config: &Config, agents: &Agents) -> BTreeMap<String, String> {
    let mut own = vec![
        (AGENTS_VARIABLE, written(agents)),
        (AUTH_VARIABLE, config.auth.to_string()),
        ("GATEWAY_TRACE", config.trace.to_string()),
        (
            "GATEWAY_KEEP_ALIVE_SECONDS",
            config.keep_alive_seconds.to_string(),
        ),
        (
            "GATEWAY_IDLE_TIMEOUT_SECONDS",
            config.idle_timeout_seconds.to_string(),
        ),
    ];
    if let Some(Jwt { issuer, audience }) = &config.jwt {
        let audience: Vec<&str> = audience.iter().map(Audience::as_str).collect();
        own.push(("GATEWAY_JWT_ISSUER", issuer.to_string()));
        own.push(("GATEWAY_JWT_AUDIENCE", audience.join(",")));
    }
    let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
    config.environment.clone().into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests;
