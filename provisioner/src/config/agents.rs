//! The agents behind the gateway, put together from the short form `agent` or the map `agents`.

use std::collections::BTreeMap;

use super::dialogue::{Dialogue, Request};
use super::error::{AGENT_ALIAS, AGENT_ID, Setting};
use super::file::{AgentYaml, MemberYaml, Overlay};
use super::identifiers::{AgentKey, AgentName, MemberRole};
use super::upstream::{Upstream, UpstreamKind};
use super::values::Region;

/// Every agent that may be asked, and how those who speak are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agents {
    /// Who is asked when the request names nobody: a key of `by_key`.
    pub default: AgentKey,
    pub by_key: BTreeMap<AgentKey, Agent>,
    /// By collaborator name, Strands `node_id` or an agent's own name.
    pub members: BTreeMap<AgentName, Member>,
}

/// An agent, and how it is called in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub name: AgentName,
    pub upstream: Upstream,
}

/// How clients see one of those who speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: Option<AgentName>,
    pub role: Option<MemberRole>,
}

/// Why there are no agents.
#[derive(Debug)]
pub(super) enum Fault {
    /// These settings are missing. Some commands work without agents.
    Missing(Vec<Setting>),
    /// Two settings contradict each other, or one has no effect.
    Wrong { path: Vec<String>, message: String },
}

impl Fault {
    fn wrong(path: &[&str], message: impl Into<String>) -> Self {
        Self::Wrong {
            path: path.iter().map(|&key| key.to_owned()).collect(),
            message: message.into(),
        }
    }
}

impl Agents {
    /// The one agent of the short form.
    pub fn only(agent: Agent) -> Self {
        let default = AgentKey::default();
        Self {
            by_key: BTreeMap::from([(default.clone(), agent)]),
            default,
            members: BTreeMap::new(),
        }
    }

    /// Someone to deploy for on the local AWS, whose scripted agents answer to any name.
    pub(super) fn local() -> Option<Self> {
        let upstream = Upstream::BedrockAgent {
            id: "LOCALAGENT".parse().ok()?,
            alias: "LOCALALIAS".parse().ok()?,
        };
        let name = AgentName::default();
        Some(Self::only(Agent { name, upstream }))
    }

    /// Fails with the place of a `request` that says who asks.
    pub(super) fn need_no_caller(&self, are_several: bool) -> Result<(), Vec<String>> {
        let names_caller = |agent: &Agent| match &agent.upstream {
            Upstream::Runtime { dialogue, .. } => {
                let request = dialogue.request.as_ref();
                request.is_some_and(Request::names_caller)
            }
            Upstream::BedrockAgent { .. } | Upstream::Harness { .. } => false,
        };
        let Some((key, _)) = self.by_key.iter().find(|(_, agent)| names_caller(agent)) else {
            return Ok(());
        };
        let place: &[&str] = if are_several {
            &["agents", key.as_str(), "request"]
        } else {
            &["agent", "request"]
        };
        Err(place.iter().map(|&key| key.to_owned()).collect())
    }

    /// What the merged sources say. `flags` is the agent that flags or variables name, if any.
    pub(super) fn of(
        yaml: &Overlay,
        flags: Option<AgentYaml>,
        region: Option<&Region>,
    ) -> Result<Self, Fault> {
        let mut agents = match (&yaml.agent, &yaml.agents, flags) {
            (Some(_), Some(_), _) => {
                return Err(Fault::wrong(
                    &["agents"],
                    "give either `agent`, for one, or `agents`, for several",
                ));
            }
            (None, Some(_), Some(_)) => {
                return Err(Fault::wrong(
                    &["agents"],
                    "an agent is also given by a flag `--agent-…` or a variable \
                     `BEDROCK_GATEWAY_AGENT_…`: give it here or there",
                ));
            }
            (None, Some(agents), None) => several(agents, yaml.default_agent.as_ref(), region)?,
            (agent, None, flags) => {
                if yaml.default_agent.is_some() {
                    return Err(Fault::wrong(
                        &["default_agent"],
                        "chooses one of `agents`, and there are none",
                    ));
                }
                let below = agent.clone().unwrap_or_default();
                let one = flags.unwrap_or_default().over(below);
                Self::only(one.resolved(&["agent"], AgentName::default(), region)?)
            }
        };
        agents.members = yaml
            .members
            .iter()
            .map(|(key, MemberYaml { name, role })| {
                let (name, role) = (name.clone(), role.clone());
                (key.clone(), Member { name, role })
            })
            .collect();
        Ok(agents)
    }
}

fn several(
    agents: &BTreeMap<AgentKey, AgentYaml>,
    default: Option<&AgentKey>,
    region: Option<&Region>,
) -> Result<Agents, Fault> {
    let keys = || {
        let keys: Vec<String> = agents.keys().map(|key| format!("`{key}`")).collect();
        keys.join(", ")
    };
    let default = match (default, agents.keys().next()) {
        (_, None) => return Err(Fault::wrong(&["agents"], "at least one agent is needed")),
        (Some(default), Some(_)) if agents.contains_key(default) => default,
        (Some(default), Some(_)) => {
            let message = format!("no agent is called `{default}`, only {}", keys());
            return Err(Fault::wrong(&["default_agent"], message));
        }
        (None, Some(only)) if agents.len() == 1 => only,
        (None, Some(_)) => {
            let message = format!(
                "with more than one agent `default_agent` has to name one of {}",
                keys()
            );
            return Err(Fault::wrong(&["agents"], message));
        }
    };
    let by_key = agents.iter().map(|(key, agent)| {
        let path = ["agents", key.as_str()];
        match agent.clone().resolved(&path, key.into(), region) {
            Ok(agent) => Ok((key.clone(), agent)),
            // The flags are for a single agent: here only the file can give what is missing.
            Err(Fault::Missing(settings)) => {
                let keys: Vec<String> = settings
                    .iter()
                    .map(|setting| format!("`{}`", setting.key.trim_start_matches("agent.")))
                    .collect();
                let message = format!("{} missing", keys.join(" and "));
                Err(Fault::wrong(&path, message))
            }
            Err(wrong @ Fault::Wrong { .. }) => Err(wrong),
        }
    });
    Ok(Agents {
        default: default.clone(),
        by_key: by_key.collect::<Result<_, _>>()?,
        members: BTreeMap::new(),
    })
}

impl AgentYaml {
    /// One agent, whole; `path` is where it stands.
    fn resolved(
        self,
        path: &[&str],
        default_name: AgentName,
        region: Option<&Region>,
    ) -> Result<Agent, Fault> {
        let kinds = self.kinds();
        let Self {
            id,
            alias,
            runtime,
            harness,
            qualifier,
            history,
            protocol,
            name,
            request,
            answer,
        } = self;
        if history.is_some() && !kinds.is_empty() && kinds != [UpstreamKind::Harness] {
            let message = "goes with `harness`; other agents have no such choice";
            return Err(Fault::wrong(&[path, &["history"]].concat(), message));
        }
        let unusual = [
            ("protocol", protocol.is_some()),
            ("request", request.is_some()),
            ("answer", answer.is_some()),
        ];
        let unusual = unusual.into_iter().find(|(_, is_given)| *is_given);
        let upstream = match (kinds.as_slice(), id, alias, runtime, harness) {
            ([_, _, ..], ..) => {
                let message = "give one of: `id` and `alias`, or `runtime`, or `harness`";
                return Err(Fault::wrong(path, message));
            }
            (.., Some(arn), _) => {
                same_region(path, "runtime", arn.as_str(), region)?;
                if request.as_ref().is_some_and(|request| !request.asks()) {
                    let message = "needs `${question}` or `${messages}`: else nobody asks anything";
                    return Err(Fault::wrong(&[path, &["request"]].concat(), message));
                }
                Upstream::Runtime {
                    arn,
                    qualifier: qualifier.unwrap_or_default(),
                    dialogue: Dialogue {
                        protocol: protocol.unwrap_or_default(),
                        request,
                        answer,
                    },
                }
            }
            _ if let Some((key, _)) = unusual
                && !kinds.is_empty() =>
            {
                let message = "goes with `runtime`: AWS says how other agents are asked and answer";
                return Err(Fault::wrong(&[path, &[key]].concat(), message));
            }
            (.., Some(arn)) => {
                same_region(path, "harness", arn.as_str(), region)?;
                Upstream::Harness {
                    arn,
                    qualifier: qualifier.unwrap_or_default(),
                    history: history.unwrap_or_default(),
                }
            }
            _ if qualifier.is_some() && !kinds.is_empty() => {
                let message = "goes with `runtime` or `harness`; a Bedrock agent has an `alias`";
                return Err(Fault::wrong(&[path, &["qualifier"]].concat(), message));
            }
            ([UpstreamKind::BedrockAgent], Some(id), Some(alias), ..) => {
                Upstream::BedrockAgent { id, alias }
            }
            (_, id, alias, ..) => {
                let missing = [(AGENT_ID, id.is_none()), (AGENT_ALIAS, alias.is_none())];
                let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
                return Err(Fault::Missing(
                    missing.map(|(setting, _)| setting).collect(),
                ));
            }
        };
        Ok(Agent {
            name: name.unwrap_or(default_name),
            upstream,
        })
    }
}

/// The function asks in the Region that it runs in.
fn same_region(path: &[&str], key: &str, arn: &str, region: Option<&Region>) -> Result<(), Fault> {
    match (arn.split(':').nth(3), region) {
        (Some(other), Some(region)) if other != region.as_str() => {
            let message = format!("is in {other}, but the deployment is in {region}");
            Err(Fault::wrong(&[path, &[key]].concat(), message))
        }
        _ => Ok(()),
    }
}
