//! What `up` has to be allowed so that it can look at the agents first, for the role that deploys.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::{Agents, Region, Upstream};

/// One statement of the role's policy.
#[derive(Debug, Serialize)]
pub(super) struct Look {
    sid: &'static str,
    action: &'static str,
    /// With `CloudFormation`'s `${AWS::AccountId}` and `${AWS::Partition}`.
    resources: BTreeSet<String>,
}

/// A statement for each kind of question.
pub(super) fn looks(agents: &Agents, region: &Region) -> Vec<Look> {
    let mut looks: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for agent in agents.by_key.values() {
        let bedrock = |rest: String| {
            format!("arn:${{AWS::Partition}}:bedrock:{region}:${{AWS::AccountId}}:{rest}")
        };
        let (sid, action, resources) = match &agent.upstream {
            Upstream::BedrockAgent { id, alias } if alias.is_test() => (
                "LookAtAgents",
                "bedrock:GetAgent",
                vec![bedrock(format!("agent/{id}"))],
            ),
            Upstream::BedrockAgent { id, alias } => (
                "LookAtAliases",
                "bedrock:GetAgentAlias",
                vec![bedrock(format!("agent-alias/{id}/{alias}"))],
            ),
            Upstream::Runtime { arn, qualifier } => (
                "LookAtRuntimes",
                "bedrock-agentcore:GetAgentRuntimeEndpoint",
                vec![
                    arn.to_string(),
                    format!("{arn}/runtime-endpoint/{qualifier}"),
                ],
            ),
            Upstream::Harness { arn, .. } => (
                "LookAtHarnesses",
                "bedrock-agentcore:GetHarness",
                vec![arn.to_string()],
            ),
        };
        looks.entry((sid, action)).or_default().extend(resources);
    }
    looks
        .into_iter()
        .map(|((sid, action), resources)| Look {
            sid,
            action,
            resources,
        })
        .collect()
}
