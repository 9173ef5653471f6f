//! How the agents behind the gateway are: whether they are there, and ready to be asked.

use http::Method;
use serde_json::Value;

use super::control_plane::{AGENTCORE, BEDROCK_AGENTS, Call, ControlPlane};
use super::failure::AwsError;
use crate::config::{AgentKey, Upstream};
use crate::hint::Complaint;
use crate::plan::seen::{AgentSeen, Unread};

impl ControlPlane {
    /// The status of an agent, in AWS's words, with one request. `PREPARED` and `READY` may be asked.
    pub(crate) async fn look(&self, key: &AgentKey, upstream: &Upstream) -> AgentSeen {
        let (call, members) = question(upstream);
        let (operation, resource) = (call.operation, call.resource.clone());
        let status = self.answer(call).await.and_then(|answer| {
            let status = members
                .iter()
                .fold(&answer, |value: &Value, member| &value[*member]);
            let status = status.as_str().map(str::to_owned);
            status.ok_or(AwsError::Incomplete {
                operation,
                resource: resource.clone(),
                missing: "a status",
            })
        });
        AgentSeen {
            key: key.clone(),
            resource,
            status: status.map_err(|error| {
                if error.is_not_found() {
                    Unread::Missing
                } else {
                    Unread::Refused(Complaint::of(&error))
                }
            }),
        }
    }
}

/// What to ask, and where in the answer the status is.
fn question(upstream: &Upstream) -> (Call, &'static [&'static str]) {
    let get = |operation, service, resource: String, path: String| Call {
        operation,
        resource,
        service,
        method: Method::GET,
        path,
        body: String::new(),
    };
    match upstream {
        // Its status says whether the draft is prepared; the alias is always there.
        Upstream::BedrockAgent { id, alias } if alias.is_test() => (
            get(
                "bedrock:GetAgent",
                BEDROCK_AGENTS,
                format!("agent `{id}`"),
                format!("/agents/{id}/"),
            ),
            &["agent", "agentStatus"],
        ),
        Upstream::BedrockAgent { id, alias } => (
            get(
                "bedrock:GetAgentAlias",
                BEDROCK_AGENTS,
                format!("alias `{alias}` of agent `{id}`"),
                format!("/agents/{id}/agentaliases/{alias}/"),
            ),
            &["agentAlias", "agentAliasStatus"],
        ),
        Upstream::Runtime { arn, qualifier, .. } => (
            get(
                "bedrock-agentcore:GetAgentRuntimeEndpoint",
                AGENTCORE,
                format!("endpoint `{qualifier}` of runtime `{arn}`"),
                format!(
                    "/runtimes/{}/runtime-endpoints/{qualifier}/",
                    last(&arn.to_string())
                ),
            ),
            &["status"],
        ),
        Upstream::Harness { arn, .. } => (
            get(
                "bedrock-agentcore:GetHarness",
                AGENTCORE,
                format!("harness `{arn}`"),
                format!("/harnesses/{}", last(&arn.to_string())),
            ),
            &["harness", "status"],
        ),
    }
}

/// The id at the end of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
