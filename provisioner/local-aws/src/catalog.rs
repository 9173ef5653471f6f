//! The control planes of Bedrock Agents and AgentCore, as far as they list what a scenario has.

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Scope;
use super::api_error::{ApiError, decode};
use super::page::page;
use super::scenario::{Agent, Deployed, Scenario};
use super::timestamp::with_seconds;

/// What AWS answers when it is not asked for fewer.
const PAGE: usize = 10;

/// Answers a list; `None` for everything else.
pub(crate) fn handle(
    service: &str,
    request: &Request<Bytes>,
    scenario: &Scenario,
    scope: &Scope<'_>,
) -> Option<Result<Response<Body>, ApiError>> {
    let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
    let answer = match (service, request.method(), path.as_slice()) {
        ("bedrock", &Method::POST, ["agents"]) => agents(request.body(), scenario, scope),
        ("bedrock", &Method::POST, ["agents", id, "agentaliases"]) => {
            aliases(id, request.body(), scenario, scope)
        }
        ("bedrock", &Method::GET, ["agents", id]) => agent(id, scenario),
        ("bedrock", &Method::GET, ["agents", id, "agentaliases", alias]) => {
            agent_alias(id, alias, scenario)
        }
        ("bedrock-agentcore", &Method::GET, ["runtimes", id, "runtime-endpoints", endpoint]) => {
            deployed(id, &scenario.runtimes)
                .map(|status| json!({ "name": endpoint, "id": endpoint, "status": status }))
        }
        ("bedrock-agentcore", &Method::GET, ["harnesses", id]) => deployed(id, &scenario.harnesses)
            .map(|status| json!({ "harness": { "harnessId": id, "status": status } })),
        ("bedrock-agentcore", &Method::POST, ["runtimes"]) => {
            of_query(request, "agentRuntimes", &scenario.runtimes, |runtime| {
                json!({
                    "agentRuntimeArn": runtime.arn("runtime", scope),
                    "agentRuntimeId": runtime.id,
                    "agentRuntimeName": runtime.name,
                    "agentRuntimeVersion": "1",
                    "description": "",
                    "lastUpdatedAt": with_seconds(scope.now),
                    "status": runtime.status,
                })
            })
        }
        ("bedrock-agentcore", &Method::GET, ["harnesses"]) => {
            of_query(request, "harnesses", &scenario.harnesses, |harness| {
                json!({
                    "arn": harness.arn("harness", scope),
                    "harnessId": harness.id,
                    "harnessName": harness.name,
                    "createdAt": with_seconds(scope.now),
                    "updatedAt": with_seconds(scope.now),
                    "status": harness.status,
                })
            })
        }
        _ => return None,
    };
    Some(answer.map(|answer| {
        let mut response = Response::new(Body::from(answer.to_string()));
        *response.status_mut() = StatusCode::OK;
        let json = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListInput {
    max_results: Option<usize>,
    next_token: Option<String>,
}

fn agents(body: &[u8], scenario: &Scenario, scope: &Scope<'_>) -> Result<Value, ApiError> {
    let input: ListInput = decode("ListAgents", body)?;
    Ok(list(
        input,
        "agentSummaries",
        &everybody(scenario),
        |agent| {
            json!({
                "agentId": agent.id,
                "agentName": agent.name,
                "agentStatus": agent.status,
                "latestAgentVersion": "1",
                "updatedAt": with_seconds(scope.now),
            })
        },
    ))
}

fn aliases(
    id: &str,
    body: &[u8],
    scenario: &Scenario,
    scope: &Scope<'_>,
) -> Result<Value, ApiError> {
    let input: ListInput = decode("ListAgentAliases", body)?;
    let agent = find(id, scenario)?;
    Ok(list(input, "agentAliasSummaries", &[agent], |agent| {
        json!({
            "agentAliasId": agent.alias,
            "agentAliasName": agent.alias.to_lowercase(),
            "agentAliasStatus": agent.status,
            "aliasInvocationState": "ACCEPT_INVOCATIONS",
            "createdAt": with_seconds(scope.now),
            "updatedAt": with_seconds(scope.now),
        })
    }))
}

fn agent(id: &str, scenario: &Scenario) -> Result<Value, ApiError> {
    let agent = find(id, scenario)?;
    Ok(json!({ "agent": {
        "agentId": agent.id, "agentName": agent.name, "agentStatus": agent.status,
    } }))
}

fn agent_alias(id: &str, alias: &str, scenario: &Scenario) -> Result<Value, ApiError> {
    let agent = find(id, scenario)?;
    if agent.alias != alias {
        return Err(missing(&format!("alias {alias} of agent {id}")));
    }
    Ok(json!({ "agentAlias": {
        "agentId": id, "agentAliasId": alias, "agentAliasStatus": agent.status,
    } }))
}

fn find<'a>(id: &str, scenario: &'a Scenario) -> Result<&'a Agent, ApiError> {
    let found = everybody(scenario).into_iter().find(|agent| agent.id == id);
    found.ok_or_else(|| missing(&format!("agent {id}")))
}

fn deployed<'a>(id: &str, all: &'a [Deployed]) -> Result<&'a str, ApiError> {
    let found = all.iter().find(|it| it.id == id);
    let found = found.ok_or_else(|| missing(id))?;
    Ok(&found.status)
}

fn missing(what: &str) -> ApiError {
    ApiError::resource_not_found(format!(
        "Failed to retrieve resource because it doesn't exist: {what}"
    ))
}

/// A collaborator is an agent like any other.
fn everybody(scenario: &Scenario) -> Vec<&Agent> {
    let agents = scenario.collaborators.iter();
    [&scenario.agent].into_iter().chain(agents).collect()
}

fn of_query(
    request: &Request<Bytes>,
    key: &str,
    items: &[Deployed],
    show: impl Fn(&Deployed) -> Value,
) -> Result<Value, ApiError> {
    let query = request.uri().query().unwrap_or_default();
    let mut input = ListInput {
        max_results: None,
        next_token: None,
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "maxResults" => input.max_results = value.parse().ok(),
            "nextToken" => input.next_token = Some(value.into_owned()),
            other => return Err(ApiError::not_emulated(format!("`{other}` of a list"))),
        }
    }
    let items: Vec<&Deployed> = items.iter().collect();
    Ok(list(input, key, &items, |item| show(item)))
}

fn list<T>(input: ListInput, key: &str, items: &[&T], show: impl Fn(&T) -> Value) -> Value {
    let ListInput {
        max_results,
        next_token,
    } = input;
    let limit = max_results.unwrap_or(PAGE).clamp(1, PAGE);
    let (items, next) = page(items.iter(), next_token.as_deref(), limit);
    let items: Vec<Value> = items.into_iter().map(|item| show(item)).collect();
    let mut answer = json!({ key: items });
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    answer
}
