//! Who may assume the execution role, and what it may do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::config::gateway_agents::read;
use crate::config::{Agent, Agents, Region, Upstream};
use crate::deployment::document::Document;
use crate::deployment::names::{Account, Names};
use crate::deployment::variables::{AGENTS_VARIABLE, PASS_CALLER_VARIABLE};

pub(super) fn trust() -> Document {
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
    let pass_caller = environment.get(PASS_CALLER_VARIABLE);
    let pass_caller = pass_caller.is_some_and(|value| value == "true");
    Some(policy(&agents, pass_caller, region, account, names))
}

/// Exactly these agents and exactly this log group. Creating the group is left out: Lambda would
/// make it again, without retention, after it was deleted.
pub(super) fn policy(
    agents: &Agents,
    pass_caller: bool,
    region: &Region,
    account: &Account,
    names: &Names,
) -> Document {
    let statements = statements(agents, pass_caller, region, account, names);
    Document::new(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What a role made by the generated deploy role may ever do: what `policy` allows. Nothing else, even where
/// somebody else's resource lets the role in by name, by its tags or together with the whole account: that
/// takes the denial, because the end of what is allowed does not stop it.
///
/// `kms:Decrypt` is how Lambda reads the function's own environment variables with the role.
pub(crate) fn boundary(
    agents: &Agents,
    pass_caller: bool,
    region: &Region,
    account: &Account,
    names: &Names,
) -> Document {
    let Account { partition, id } = account;
    let function = &names.function;
    let mut statements = statements(agents, pass_caller, region, account, names);
    statements.push(json!({
        "Sid": "ReadOwnEnvironment",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": format!("arn:{partition}:kms:{region}:{id}:key/*"),
        "Condition": { "StringEquals": {
            "kms:EncryptionContext:aws:lambda:FunctionArn":
                format!("arn:{partition}:lambda:{region}:{id}:function:{function}"),
        } },
    }));
    let mut actions: Vec<Value> = Vec::new();
    for statement in &statements {
        match &statement["Action"] {
            Value::Array(several) => actions.extend(several.iter().cloned()),
            single => actions.push(single.clone()),
        }
    }
    actions.sort_by_key(Value::to_string);
    actions.dedup();
    statements.push(json!({
        "Sid": "NothingElse",
        "Effect": "Deny",
        "NotAction": actions,
        "Resource": "*",
    }));
    Document::new(json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn statements(
    agents: &Agents,
    pass_caller: bool,
    region: &Region,
    account: &Account,
    names: &Names,
) -> Vec<Value> {
    let Account { partition, id } = account;
    let log_group = &names.log_group;
    let mut statements = invocations(agents, pass_caller, |agent_alias| {
        format!("arn:{partition}:bedrock:{region}:{id}:agent-alias/{agent_alias}")
    });
    statements.push(json!({
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": format!("arn:{partition}:logs:{region}:{id}:log-group:{log_group}:*"),
    }));
    statements
}

/// One statement a kind of agent. AWS checks a call to AgentCore twice, on the agent and on its
/// endpoint; a harness runs on a runtime, and calling it takes the permission for both.
///
/// To tell a runtime who calls takes a permission of its own. A harness and a Bedrock agent are told
/// within the request.
fn invocations(
    agents: &Agents,
    pass_caller: bool,
    alias_arn: impl Fn(&str) -> String,
) -> Vec<Value> {
    let (mut aliases, mut runtimes, mut harnesses) = (Vec::new(), Vec::new(), Vec::new());
    for Agent { name: _, upstream } in agents.by_key.values() {
        match upstream {
            Upstream::BedrockAgent { id, alias } => {
                aliases.push(alias_arn(&format!("{id}/{alias}")));
            }
            Upstream::Runtime { arn, qualifier, .. } => {
                runtimes.extend([
                    arn.to_string(),
                    format!("{arn}/runtime-endpoint/{qualifier}"),
                ]);
            }
            Upstream::Harness { arn, qualifier, .. } => {
                harnesses.extend([
                    arn.to_string(),
                    format!("{arn}/harness-endpoint/{qualifier}"),
                ]);
            }
        }
    }
    let invoke_runtime = "bedrock-agentcore:InvokeAgentRuntime";
    let invoke_harness = ["bedrock-agentcore:InvokeHarness", invoke_runtime];
    let for_user = "bedrock-agentcore:InvokeAgentRuntimeForUser";
    let call_runtime = if pass_caller {
        json!([invoke_runtime, for_user])
    } else {
        json!(invoke_runtime)
    };
    [
        ("InvokeAgent", json!("bedrock:InvokeAgent"), aliases),
        ("InvokeRuntime", call_runtime, runtimes),
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
