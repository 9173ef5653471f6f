//! The scenario's agents, in the places of those that are configured.

use super::error::DevError;
use crate::config::{Agent, Agents, Dialogue, Region, Upstream};
use local_aws::ACCOUNT_ID;
use local_aws::scenario::{Deployed, Scenario};

/// The configured agents, each replaced by the scenario's of the same kind; keys and members stay. If
/// none is configured, the scenario's Bedrock agent.
pub(super) fn scripted(
    scenario: &Scenario,
    configured: Option<Agents>,
    region: &Region,
) -> Result<Agents, DevError> {
    let refused = DevError::ScenarioAgent;
    let name = scenario.agent.name.parse().map_err(refused)?;
    let bedrock_agent = Agent {
        name,
        upstream: Upstream::BedrockAgent {
            id: scenario.agent.id.parse().map_err(refused)?,
            alias: scenario.agent.alias.parse().map_err(refused)?,
        },
    };
    let Some(mut agents) = configured else {
        return Ok(Agents::only(bedrock_agent));
    };
    for agent in agents.by_key.values_mut() {
        let upstream = match &agent.upstream {
            Upstream::BedrockAgent { .. } => bedrock_agent.upstream.clone(),
            Upstream::Runtime { qualifier, .. } => Upstream::Runtime {
                arn: arn("runtime", "runtimes", &scenario.runtimes, region)?
                    .parse()
                    .map_err(refused)?,
                qualifier: qualifier.clone(),
                // The scripted runtime is asked and answers as Strands is and does.
                dialogue: Dialogue::default(),
            },
            Upstream::Harness { qualifier, .. } => Upstream::Harness {
                arn: arn("harness", "harnesses", &scenario.harnesses, region)?
                    .parse()
                    .map_err(refused)?,
                qualifier: qualifier.clone(),
            },
        };
        *agent = Agent {
            name: bedrock_agent.name.clone(),
            upstream,
        };
    }
    Ok(agents)
}

fn arn(
    kind: &'static str,
    key: &'static str,
    deployed: &[Deployed],
    region: &Region,
) -> Result<String, DevError> {
    let first = deployed
        .first()
        .ok_or(DevError::ScenarioWithout { kind, key })?;
    let id = &first.id;
    Ok(format!(
        "arn:aws:bedrock-agentcore:{region}:{ACCOUNT_ID}:{kind}/{id}"
    ))
}
