//! The scenario's agents, in the places of those that are configured.

use super::error::DevError;
use crate::config::{Agent, Agents, Protocol, Region, Upstream};
use local_aws::ACCOUNT_ID;
use local_aws::scenario::{self, Deployed, Scenario};

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
            Upstream::Runtime {
                qualifier,
                protocol,
                ..
            } => {
                let runtime = runtime(scenario, *protocol)?;
                Upstream::Runtime {
                    arn: arn("runtime", runtime, region).parse().map_err(refused)?,
                    qualifier: qualifier.clone(),
                    protocol: spoken(runtime),
                }
            }
            Upstream::Harness { qualifier, .. } => Upstream::Harness {
                arn: arn("harness", harness(scenario)?, region)
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

/// The first runtime that speaks `protocol`, else the first that can be asked at all.
fn runtime(scenario: &Scenario, protocol: Protocol) -> Result<&Deployed, DevError> {
    let mut runtimes = scenario
        .runtimes
        .iter()
        .filter(|runtime| runtime.protocol != scenario::Protocol::Mcp);
    let same = runtimes.clone().find(|runtime| spoken(runtime) == protocol);
    same.or_else(|| runtimes.next())
        .ok_or(DevError::ScenarioWithout {
            kind: "runtime",
            key: "runtimes",
        })
}

fn harness(scenario: &Scenario) -> Result<&Deployed, DevError> {
    scenario.harnesses.first().ok_or(DevError::ScenarioWithout {
        kind: "harness",
        key: "harnesses",
    })
}

fn spoken(runtime: &Deployed) -> Protocol {
    match runtime.protocol {
        scenario::Protocol::Http | scenario::Protocol::Mcp => Protocol::Http,
        scenario::Protocol::AgUi => Protocol::AgUi,
        scenario::Protocol::A2a => Protocol::A2a,
    }
}

fn arn(kind: &str, deployed: &Deployed, region: &Region) -> String {
    let id = &deployed.id;
    format!("arn:aws:bedrock-agentcore:{region}:{ACCOUNT_ID}:{kind}/{id}")
}
