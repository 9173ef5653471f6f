//! The scenario's agents, in the places of those that are configured.

use super::error::DevError;
use crate::config::{Agent, Agents, Dialogue, Protocol, Qualifier, Region, Upstream};
use local_aws::ACCOUNT_ID;
use local_aws::scenario::{self, Deployed, Scenario};

/// The configured agents, each replaced by the scenario's of the same kind; keys and members stay. If
/// none is configured, the scenario's Bedrock agent.
pub(super) fn scripted(
    scenario: &Scenario,
    configured: Option<Agents>,
    region: &Region,
) -> Result<Agents, DevError> {
    let Some(mut agents) = configured else {
        return Ok(Agents::only(bedrock_agent(scenario)?));
    };
    for agent in agents.by_key.values_mut() {
        *agent = played(agent, scenario, region)?;
    }
    Ok(agents)
}

/// The same, but all runtimes are the developer's own program; if there is none, the default agent is. It keeps
/// its name, and how it is asked and understood.
pub(super) fn own(
    scenario: &Scenario,
    configured: Option<Agents>,
    region: &Region,
) -> Result<Agents, DevError> {
    let mut agents = match configured {
        Some(agents) => agents,
        None => Agents::only(bedrock_agent(scenario)?),
    };
    let is_runtime = |agent: &Agent| matches!(agent.upstream, Upstream::Runtime { .. });
    let has_runtime = agents.by_key.values().any(is_runtime);
    for (key, agent) in &mut agents.by_key {
        let (name, configured) = (agent.name.clone(), agent.upstream.clone());
        *agent = match configured {
            Upstream::Runtime {
                qualifier,
                dialogue,
                ..
            } => Agent {
                name,
                upstream: runtime(
                    deployed(scenario, dialogue.protocol)?,
                    region,
                    qualifier,
                    dialogue,
                )?,
            },
            Upstream::BedrockAgent { .. } | Upstream::Harness { .. }
                if !has_runtime && *key == agents.default =>
            {
                let (qualifier, dialogue) = (Qualifier::default(), Dialogue::default());
                let deployed = deployed(scenario, dialogue.protocol)?;
                let upstream = runtime(deployed, region, qualifier, dialogue)?;
                Agent { name, upstream }
            }
            Upstream::BedrockAgent { .. } | Upstream::Harness { .. } => {
                played(agent, scenario, region)?
            }
        };
    }
    Ok(agents)
}

/// The scenario's agent of the same kind.
fn played(agent: &Agent, scenario: &Scenario, region: &Region) -> Result<Agent, DevError> {
    let bedrock_agent = bedrock_agent(scenario)?;
    let upstream = match &agent.upstream {
        Upstream::BedrockAgent { .. } => bedrock_agent.upstream,
        Upstream::Runtime {
            qualifier,
            dialogue,
            ..
        } => {
            let deployed = deployed(scenario, dialogue.protocol)?;
            // A scripted runtime is asked and answers as the packages of its protocol are and do.
            let dialogue = Dialogue {
                protocol: spoken(deployed),
                ..Dialogue::default()
            };
            runtime(deployed, region, qualifier.clone(), dialogue)?
        }
        Upstream::Harness {
            qualifier, history, ..
        } => Upstream::Harness {
            arn: arn("harness", harness(scenario)?, region)
                .parse()
                .map_err(DevError::ScenarioAgent)?,
            qualifier: qualifier.clone(),
            history: *history,
        },
    };
    let name = bedrock_agent.name;
    Ok(Agent { name, upstream })
}

fn bedrock_agent(scenario: &Scenario) -> Result<Agent, DevError> {
    let refused = DevError::ScenarioAgent;
    Ok(Agent {
        name: scenario.agent.name.parse().map_err(refused)?,
        upstream: Upstream::BedrockAgent {
            id: scenario.agent.id.parse().map_err(refused)?,
            alias: scenario.agent.alias.parse().map_err(refused)?,
        },
    })
}

fn runtime(
    deployed: &Deployed,
    region: &Region,
    qualifier: Qualifier,
    dialogue: Dialogue,
) -> Result<Upstream, DevError> {
    Ok(Upstream::Runtime {
        arn: arn("runtime", deployed, region)
            .parse()
            .map_err(DevError::ScenarioAgent)?,
        qualifier,
        dialogue,
    })
}

/// The first runtime that speaks `protocol`, else the first that can be asked at all.
fn deployed(scenario: &Scenario, protocol: Protocol) -> Result<&Deployed, DevError> {
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
