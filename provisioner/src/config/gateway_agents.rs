//! The function's variable `GATEWAY_AGENTS`: whom it may ask, and how it calls those who speak.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::agents::{Agent, Agents, Member};
use super::dialogue::Dialogue;
use super::identifiers::{AgentName, MemberRole, Qualifier};
use super::upstream::{History, Upstream};

/// The agents as the function reads them: compact, and the same for the same agents.
pub(super) fn written(agents: &Agents) -> String {
    let Agents {
        default,
        by_key,
        members,
    } = agents;
    let by_key: BTreeMap<&str, Value> = by_key
        .iter()
        .map(|(key, Agent { name, upstream })| {
            let mut agent = match upstream {
                Upstream::BedrockAgent { id, alias } => {
                    json!({ "type": "bedrock-agent", "agentId": id, "agentAliasId": alias })
                }
                Upstream::Runtime {
                    arn,
                    qualifier,
                    dialogue,
                } => {
                    let mut runtime =
                        json!({ "type": "agentcore-runtime", "arn": arn, "qualifier": qualifier });
                    dialogue.written_to(&mut runtime);
                    runtime
                }
                Upstream::Harness {
                    arn,
                    qualifier,
                    history,
                } => {
                    let mut harness =
                        json!({ "type": "harness", "arn": arn, "qualifier": qualifier });
                    // Left out where it is the function's default, so that nobody's deployment changes.
                    if *history != History::default() {
                        harness["history"] = json!(history);
                    }
                    harness
                }
            };
            agent["name"] = json!(name);
            (key.as_str(), agent)
        })
        .collect();
    let mut document = json!({ "default": default, "agents": by_key });
    if !members.is_empty() {
        let members = members.iter().map(|(key, Member { name, role })| {
            let given = [
                ("name", name.as_ref().map(AgentName::as_str)),
                ("role", role.as_ref().map(MemberRole::as_str)),
            ];
            let given: BTreeMap<&str, &str> = given
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect();
            (key.as_str(), given)
        });
        document["members"] = json!(members.collect::<BTreeMap<_, _>>());
    }
    document.to_string()
}

/// The agents in the variable of a version that was made earlier: whom it asks. How clients see them, and how
/// they are asked, is not read.
pub(crate) fn read(text: &str) -> Option<Agents> {
    let document: Value = serde_json::from_str(text).ok()?;
    let default = document["default"].as_str()?.parse().ok()?;
    let by_key = document["agents"].as_object()?;
    let by_key = by_key
        .iter()
        .map(|(key, agent)| Some((key.parse().ok()?, read_agent(agent)?)))
        .collect::<Option<_>>()?;
    Some(Agents {
        default,
        by_key,
        members: BTreeMap::new(),
    })
}

fn read_agent(agent: &Value) -> Option<Agent> {
    let text = |key: &str| agent[key].as_str();
    let qualifier = || text("qualifier").map_or(Some(Qualifier::default()), |it| it.parse().ok());
    let upstream = match text("type")? {
        "bedrock-agent" => Upstream::BedrockAgent {
            id: text("agentId")?.parse().ok()?,
            alias: text("agentAliasId")?.parse().ok()?,
        },
        "agentcore-runtime" => Upstream::Runtime {
            arn: text("arn")?.parse().ok()?,
            qualifier: qualifier()?,
            dialogue: Dialogue::default(),
        },
        "harness" => Upstream::Harness {
            arn: text("arn")?.parse().ok()?,
            qualifier: qualifier()?,
            history: match agent.get("history") {
                None => History::default(),
                Some(word) => History::deserialize(word).ok()?,
            },
        },
        _ => return None,
    };
    let name = text("name").map_or(Some(AgentName::default()), |it| it.parse().ok())?;
    Some(Agent { name, upstream })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_can_be_read() {
        let arn = |kind: &str| {
            format!("arn:aws:bedrock-agentcore:eu-west-1:123456789012:{kind}/a-AbC1234567")
        };
        let agent = |upstream| Agent {
            name: "SOLOMON".parse().unwrap(),
            upstream,
        };
        let agents = Agents {
            default: "magi".parse().unwrap(),
            by_key: BTreeMap::from([
                (
                    "magi".parse().unwrap(),
                    agent(Upstream::BedrockAgent {
                        id: "MAGICOUNCL".parse().unwrap(),
                        alias: "LIVE".parse().unwrap(),
                    }),
                ),
                (
                    "research".parse().unwrap(),
                    agent(Upstream::Runtime {
                        arn: arn("runtime").parse().unwrap(),
                        qualifier: "beta".parse().unwrap(),
                        dialogue: Dialogue::default(),
                    }),
                ),
                (
                    "assistant".parse().unwrap(),
                    agent(Upstream::Harness {
                        arn: arn("harness").parse().unwrap(),
                        qualifier: "DEFAULT".parse().unwrap(),
                        history: History::Client,
                    }),
                ),
            ]),
            members: BTreeMap::new(),
        };

        assert_eq!(read(&written(&agents)), Some(agents));
    }

    #[test]
    fn what_we_have_not_written_tells_no_agents() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"default":"a","agents":{"a":{"type":"other"}}}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
