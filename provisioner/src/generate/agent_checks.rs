//! The permissions with which the deploy role checks the agents: `up` asks AWS first whether they exist
//! and are ready.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::{Agents, Region, Upstream};

/// One statement of the role's policy.
#[derive(Debug, Serialize)]
pub(super) struct AgentCheck {
    sid: &'static str,
    actions: &'static [&'static str],
    /// With `CloudFormation`'s `${AWS::AccountId}` and `${AWS::Partition}`.
    resources: BTreeSet<String>,
}

/// A statement for each kind of agent.
pub(super) fn agent_checks(agents: &Agents, region: &Region) -> Vec<AgentCheck> {
    let mut checks: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for agent in agents.by_key.values() {
        let bedrock = |rest: String| {
            format!("arn:${{AWS::Partition}}:bedrock:{region}:${{AWS::AccountId}}:{rest}")
        };
        let (sid, actions, resources): (_, &[&str], _) = match &agent.upstream {
            Upstream::BedrockAgent { id, alias } if alias.is_test() => (
                "LookAtAgents",
                &["bedrock:GetAgent"],
                vec![bedrock(format!("agent/{id}"))],
            ),
            Upstream::BedrockAgent { id, alias } => (
                "LookAtAliases",
                &["bedrock:GetAgentAlias"],
                vec![bedrock(format!("agent-alias/{id}/{alias}"))],
            ),
            Upstream::Runtime { arn, qualifier, .. } => (
                "LookAtRuntimes",
                &[
                    "bedrock-agentcore:GetAgentRuntime",
                    "bedrock-agentcore:GetAgentRuntimeEndpoint",
                ],
                vec![
                    arn.to_string(),
                    format!("{arn}/runtime-endpoint/{qualifier}"),
                ],
            ),
            Upstream::Harness { arn, .. } => (
                "LookAtHarnesses",
                &["bedrock-agentcore:GetHarness"],
                vec![arn.to_string()],
            ),
        };
        checks.entry((sid, actions)).or_default().extend(resources);
    }
    checks
        .into_iter()
        .map(|((sid, actions), resources)| AgentCheck {
            sid,
            actions,
            resources,
        })
        .collect()
}
