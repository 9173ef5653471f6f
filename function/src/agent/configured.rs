//! The agents that the settings name.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use aws_sdk_bedrockagentcore::Client;

use super::agentcore;
use super::agentcore_runtime::AgentcoreRuntime;
use super::bedrock_agents::BedrockAgent;
use super::harness::Harness;
use super::upstream::Agent;
use crate::aws::{self, AwsConfigError};
use crate::settings::Platform;
use crate::settings::agents::{AgentsSettings, UpstreamSettings};

/// Makes every agent of `settings`, by its name there; those of `AgentCore` share a client.
pub fn configured(
    settings: &AgentsSettings,
    platform: &Platform,
) -> Result<BTreeMap<String, Box<dyn Agent>>, AwsConfigError> {
    let config = aws::config(platform)?;
    // Made only for an agent of AgentCore: a client is a third of all instructions at the start.
    let agentcore = LazyCell::new(|| agentcore::client(&config, platform));
    let agents = settings.agents.iter().map(|(key, upstream)| {
        let name = upstream.name(key);
        let agent: Box<dyn Agent> = match upstream {
            UpstreamSettings::BedrockAgent {
                agent_id,
                agent_alias_id: alias,
                ..
            } => Box::new(BedrockAgent::new(&config, platform, agent_id, alias, name)),
            UpstreamSettings::AgentcoreRuntime {
                arn,
                qualifier,
                protocol,
                request,
                answer,
                ..
            } => {
                let (client, qualifier) = (Client::clone(&agentcore), qualifier.as_deref());
                let runtime = AgentcoreRuntime::new(client, arn, qualifier, name);
                let runtime = runtime.speaking(*protocol).with_request(request.clone());
                Box::new(runtime.with_answer(answer.clone()))
            }
            UpstreamSettings::Harness {
                arn,
                qualifier,
                history,
                ..
            } => {
                let (client, qualifier) = (Client::clone(&agentcore), qualifier.as_deref());
                let harness = Harness::new(client, arn, qualifier, name);
                Box::new(harness.with_history(*history))
            }
        };
        (key.clone(), agent)
    });
    Ok(agents.collect())
}
