//! The permissions that a call takes, and on which ARNs, written as AWS's refusals write them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::route::{Also, Call, On, Service};
use crate::scope::Scope;
use crate::services::iam::new_policy_arn;
use crate::wire::api_error::ApiError;

/// The values that conditions are compared with, by their keys in lower case: policies use any case.
pub(super) type ContextKeys = BTreeMap<&'static str, String>;

/// One permission that a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) action: String,
    pub(super) resource: String,
    /// The resource as a refusal writes it, where that is not its ARN.
    pub(super) shown: Option<String>,
    pub(super) keys: ContextKeys,
    /// Without it the answer comes without tags, instead of no answer.
    pub(super) is_for_tags: bool,
}

impl Demand {
    pub(super) fn of(action: &str, resource: String) -> Self {
        Self {
            action: action.to_owned(),
            resource,
            shown: None,
            keys: ContextKeys::new(),
            is_for_tags: false,
        }
    }

    pub(super) fn with_key(self, key: &'static str, value: impl Into<String>) -> Self {
        let mut keys = self.keys;
        keys.insert(key, value.into());
        Self { keys, ..self }
    }
}

/// What it takes to call a function through its URL with a signature: both actions.
pub(super) fn demands_of_url(function_arn: &str) -> [Demand; 2] {
    let on = |action| Demand::of(action, function_arn.to_owned());
    [
        on("lambda:InvokeFunctionUrl").with_key("lambda:functionurlauthtype", "AWS_IAM"),
        on("lambda:InvokeFunction").with_key("lambda:invokedviafunctionurl", "true"),
    ]
}

/// What Lambda needs to write the log of a function: the permissions of the function's role.
pub(super) fn demands_of_log(log_group: &str, log_stream: &str, scope: &Scope<'_>) -> [Demand; 2] {
    let group = regional("logs", &format!("log-group:{log_group}"), scope);
    let on = |action, stream| Demand::of(action, format!("{group}:log-stream:{stream}"));
    [
        on("logs:CreateLogStream", ""),
        on("logs:PutLogEvents", log_stream),
    ]
}

/// The header in which a caller of `InvokeAgentRuntime` says in whose name the call is made.
const USER_ID: &str = "x-amzn-bedrock-agentcore-runtime-user-id";

/// Everything that a call takes of its caller's policies.
pub(super) fn demands(call: &Call, scope: &Scope<'_>) -> Result<Vec<Demand>, ApiError> {
    let members = match call.service {
        Service::Lambda | Service::Logs => call.members(),
        _ => Value::Null,
    };
    let on = call.operation.on;
    let mut demands = each(&call.action(), on, call, scope)?;
    for also in call.operation.also {
        match also {
            Also::ForTags(_) if !brings_tags(call, &members) => {}
            Also::ForUser(_) if call.header(USER_ID).is_none() => {}
            Also::ForTags(action) if on == On::LogGroup => {
                demands.extend(each(action, On::LogGroupItself, call, scope)?);
            }
            Also::Action(action) | Also::ForTags(action) | Also::ForUser(action) => {
                demands.extend(each(action, on, call, scope)?);
            }
            Also::ToSeeTags(action) => {
                let to_see = each(action, On::Function, call, scope)?.into_iter();
                demands.extend(to_see.map(|demand| Demand {
                    is_for_tags: true,
                    ..demand
                }));
            }
            Also::PassRole => demands.extend(members["Role"].as_str().map(|role| {
                let demand = Demand::of("iam:PassRole", role.to_owned());
                demand.with_key("iam:passedtoservice", "lambda.amazonaws.com")
            })),
        }
    }
    let mut auth_types = ["AuthType", "FunctionUrlAuthType"].iter();
    if let Some(auth_type) = auth_types.find_map(|member| members[*member].as_str()) {
        let with_key = |demand: Demand| demand.with_key("lambda:functionurlauthtype", auth_type);
        demands = demands.into_iter().map(with_key).collect();
    }
    Ok(demands)
}

fn brings_tags(call: &Call, members: &Value) -> bool {
    let are_there = |tags: &Value| tags.as_object().is_some_and(|tags| !tags.is_empty());
    are_there(&members["Tags"]) || are_there(&members["tags"]) || !call.input.tags().is_empty()
}

/// The same action on each resource that `on` means.
fn each(action: &str, on: On, call: &Call, scope: &Scope<'_>) -> Result<Vec<Demand>, ApiError> {
    let shown = |resource: &str| match on {
        On::Role => Some(format!("role {}", call.names.resource)),
        On::Policy | On::NewPolicy => Some(format!("policy {resource}")),
        _ => None,
    };
    let resources = resources(on, call, scope)?.into_iter();
    let demands = resources.map(|resource| Demand {
        shown: shown(&resource),
        ..Demand::of(action, resource)
    });
    Ok(demands.collect())
}

fn resources(on: On, call: &Call, scope: &Scope<'_>) -> Result<Vec<String>, ApiError> {
    let (resource, item) = (&call.names.resource, &call.names.item);
    let regional = |service: &str, rest: &str| regional(service, rest, scope);
    let account_id = scope.account_id;
    let endpoint = || call.input.get("qualifier").unwrap_or("DEFAULT");
    Ok(vec![match on {
        On::Anybody | On::TrustingRole => return Ok(vec![]),
        On::Everything => "*".to_owned(),
        On::Function => {
            let function = call.function(scope)?;
            regional("lambda", &format!("function:{}", function.name))
        }
        On::Qualified => call.function(scope)?.arn(scope),
        On::Role => format!("arn:aws:iam::{account_id}:role/{resource}"),
        On::AllRoles => format!("arn:aws:iam::{account_id}:role/"),
        On::Policy => resource.clone(),
        On::NewPolicy => new_policy_arn(&call.input, account_id),
        On::LogGroup => regional("logs", &format!("log-group:{resource}:log-stream:")),
        On::LogGroupItself => regional("logs", &format!("log-group:{resource}")),
        On::AllLogGroups => regional("logs", "log-group::log-stream:"),
        On::Agent => regional("bedrock", &format!("agent/{resource}")),
        On::AgentAlias => regional("bedrock", &format!("agent-alias/{resource}/{item}")),
        On::Endpoint => {
            let rest = format!("runtime/{resource}/runtime-endpoint/{item}");
            regional("bedrock-agentcore", &rest)
        }
        On::Runtime => regional("bedrock-agentcore", &format!("runtime/{resource}")),
        On::Harness => regional("bedrock-agentcore", &format!("harness/{resource}")),
        // Named by their ARNs, which may be of another account.
        On::RuntimeAndEndpoint => {
            let endpoint = format!("{resource}/runtime-endpoint/{}", endpoint());
            return Ok(vec![resource.clone(), endpoint]);
        }
        On::HarnessAndEndpoint => {
            let endpoint = format!("{resource}/harness-endpoint/{}", endpoint());
            return Ok(vec![resource.clone(), endpoint]);
        }
    }])
}

fn regional(service: &str, rest: &str, scope: &Scope<'_>) -> String {
    let Scope {
        account_id, region, ..
    } = scope;
    format!("arn:aws:{service}:{region}:{account_id}:{rest}")
}
