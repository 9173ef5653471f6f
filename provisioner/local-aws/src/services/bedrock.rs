//! The control planes of Bedrock Agents and AgentCore, as far as they show what a scenario has.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::route::Call;
use crate::scenario::{Agent, Deployed, Memory, Scenario};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::page::page;
use crate::wire::timestamp::with_seconds;

/// The one version that every runtime has.
const VERSION: &str = "1";
/// The most items on a page.
const PAGE: usize = 10;

/// Answers one operation.
pub(crate) fn handle(
    call: &Call,
    scenario: &Scenario,
    scope: &Scope<'_>,
) -> Result<Value, ApiError> {
    let (id, item) = (call.names.resource.as_str(), call.names.item.as_str());
    match call.operation.name {
        "ListAgents" => Ok(list_agents(call.decode()?, scenario, scope)),
        "ListAgentAliases" => {
            let input = call.decode()?;
            Ok(list_aliases(input, agent(id, scenario)?, scope))
        }
        "GetAgent" => {
            let agent = agent(id, scenario)?;
            Ok(json!({ "agent": {
                "agentId": agent.id, "agentName": agent.name, "agentStatus": agent.status,
            } }))
        }
        "GetAgentAlias" => get_alias(agent(id, scenario)?, item),
        "GetAgentRuntimeEndpoint" => {
            let status = &deployed(id, &scenario.runtimes)?.status;
            Ok(json!({ "name": item, "id": item, "status": status, "liveVersion": VERSION }))
        }
        "GetAgentRuntime" => get_runtime(call, deployed(id, &scenario.runtimes)?, scope),
        "GetHarness" => {
            let harness = deployed(id, &scenario.harnesses)?;
            let mut shown = json!({
                "harnessId": id, "harnessName": harness.name, "status": harness.status,
                "arn": harness.arn("harness", scope),
            });
            if let Some(memory) = harness.memory {
                shown["memory"] = match memory {
                    Memory::Managed => json!({"managedMemoryConfiguration": {}}),
                    Memory::Disabled => json!({"disabled": {}}),
                };
            }
            Ok(json!({ "harness": shown }))
        }
        "ListAgentRuntimes" => {
            let input = ListInput::of_query(call)?;
            let runtimes = scenario.runtimes.iter();
            Ok(input.list("agentRuntimes", runtimes, |runtime| {
                json!({
                    "agentRuntimeArn": runtime.arn("runtime", scope),
                    "agentRuntimeId": runtime.id,
                    "agentRuntimeName": runtime.name,
                    "agentRuntimeVersion": VERSION,
                    "description": "",
                    "lastUpdatedAt": with_seconds(scope.now),
                    "status": runtime.status,
                })
            }))
        }
        "ListHarnesses" => {
            let input = ListInput::of_query(call)?;
            let harnesses = scenario.harnesses.iter();
            Ok(input.list("harnesses", harnesses, |harness| {
                json!({
                    "arn": harness.arn("harness", scope),
                    "harnessId": harness.id,
                    "harnessName": harness.name,
                    "createdAt": with_seconds(scope.now),
                    "updatedAt": with_seconds(scope.now),
                    "status": harness.status,
                })
            }))
        }
        _ => Err(call.not_emulated()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListInput {
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl ListInput {
    fn of_query(call: &Call) -> Result<Self, ApiError> {
        let query = &call.input;
        query.only(call.operation.name, &["maxResults", "nextToken"])?;
        Ok(Self {
            max_results: query.get("maxResults").and_then(|it| it.parse().ok()),
            next_token: query.get("nextToken").map(str::to_owned),
        })
    }

    /// One page of the items, as the member `key` of the answer.
    fn list<T>(
        self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        show: impl Fn(T) -> Value,
    ) -> Value {
        let limit = self.max_results.unwrap_or(PAGE).clamp(1, PAGE);
        let (items, next) = page(items, self.next_token.as_deref(), limit);
        let items: Vec<Value> = items.into_iter().map(show).collect();
        let mut answer = json!({ key: items });
        if let Some(next) = next {
            answer["nextToken"] = json!(next);
        }
        answer
    }
}

fn list_agents(input: ListInput, scenario: &Scenario, scope: &Scope<'_>) -> Value {
    input.list("agentSummaries", scenario.agents(), |agent| {
        json!({
            "agentId": agent.id,
            "agentName": agent.name,
            "agentStatus": agent.status,
            "latestAgentVersion": "1",
            "updatedAt": with_seconds(scope.now),
        })
    })
}

fn list_aliases(input: ListInput, agent: &Agent, scope: &Scope<'_>) -> Value {
    input.list("agentAliasSummaries", [agent], |agent| {
        json!({
            "agentAliasId": agent.alias,
            "agentAliasName": agent.alias.to_lowercase(),
            "agentAliasStatus": agent.status,
            "aliasInvocationState": "ACCEPT_INVOCATIONS",
            "createdAt": with_seconds(scope.now),
            "updatedAt": with_seconds(scope.now),
        })
    })
}

fn get_alias(agent: &Agent, alias: &str) -> Result<Value, ApiError> {
    if !agent.has_alias(alias) {
        let id = &agent.id;
        return Err(missing(&format!("alias {alias} of agent {id}")));
    }
    Ok(json!({ "agentAlias": {
        "agentId": agent.id, "agentAliasId": alias, "agentAliasStatus": agent.status,
    } }))
}

fn agent<'a>(id: &str, scenario: &'a Scenario) -> Result<&'a Agent, ApiError> {
    let found = scenario.agents().find(|agent| agent.id == id);
    found.ok_or_else(|| missing(&format!("agent {id}")))
}

fn get_runtime(call: &Call, runtime: &Deployed, scope: &Scope<'_>) -> Result<Value, ApiError> {
    let query = &call.input;
    query.only(call.operation.name, &["version"])?;
    if query
        .get("version")
        .is_some_and(|version| version != VERSION)
    {
        return Err(missing(&runtime.id));
    }
    Ok(json!({
        "agentRuntimeArn": runtime.arn("runtime", scope),
        "agentRuntimeId": runtime.id,
        "agentRuntimeName": runtime.name,
        "agentRuntimeVersion": VERSION,
        "status": runtime.status,
        "createdAt": with_seconds(scope.now),
        "lastUpdatedAt": with_seconds(scope.now),
        "roleArn": format!("arn:aws:iam::{}:role/{}", scope.account_id, runtime.name),
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800},
        "protocolConfiguration": {"serverProtocol": runtime.protocol},
    }))
}

fn deployed<'a>(id: &str, all: &'a [Deployed]) -> Result<&'a Deployed, ApiError> {
    let found = all.iter().find(|it| it.id == id);
    found.ok_or_else(|| missing(id))
}

fn missing(what: &str) -> ApiError {
    ApiError::resource_not_found(format!(
        "Failed to retrieve resource because it doesn't exist: {what}"
    ))
}
