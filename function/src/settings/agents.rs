//! The agents that the gateway may ask, and how clients see them: the JSON in `GATEWAY_AGENTS`.

pub mod answer;
pub mod request;

use std::collections::BTreeMap;

use serde::Deserialize;

use answer::AnswerSettings;
use request::RequestTemplate;

/// The JSON in `GATEWAY_AGENTS`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentsSettings {
    /// The agent that is asked when a request names none.
    pub default: String,
    /// By the names that requests choose from.
    pub agents: BTreeMap<String, UpstreamSettings>,
    /// By the name that events call an agent.
    #[serde(default)]
    pub members: BTreeMap<String, MemberSettings>,
}

/// An agent, by the operation that asks it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum UpstreamSettings {
    /// `InvokeAgent` of Bedrock Agents.
    BedrockAgent {
        agent_id: String,
        agent_alias_id: String,
        name: Option<String>,
    },
    /// `InvokeAgentRuntime` of Bedrock `AgentCore`.
    AgentcoreRuntime {
        arn: String,
        qualifier: Option<String>,
        name: Option<String>,
        #[serde(default)]
        protocol: Protocol,
        /// What it is asked with, if not with what Amazon's examples read.
        request: Option<RequestTemplate>,
        /// Where the words are in messages of its own.
        answer: Option<AnswerSettings>,
    },
    /// `InvokeHarness` of Bedrock `AgentCore`.
    Harness {
        arn: String,
        qualifier: Option<String>,
        name: Option<String>,
        #[serde(default)]
        history: History,
    },
}

/// How a runtime wants to be asked: `AgentCore` passes on what it gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// `AgentCore`'s own, whose body is a matter between the agent and its caller.
    #[default]
    Http,
    /// The Agent User Interaction Protocol.
    AgUi,
    /// The protocol `Agent2Agent`.
    A2a,
}

/// Who keeps the conversation with a harness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum History {
    /// The harness's session: only what is new is sent.
    #[default]
    Session,
    /// The client: all of it is sent, each time into a session of its own.
    Client,
}

/// How clients see an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberSettings {
    /// For people; the agent's own name if absent.
    pub name: Option<String>,
    /// `judge` has a meaning for the [`council`](crate::council); clients get every role.
    pub role: Option<String>,
}

impl AgentsSettings {
    /// Reads and checks the JSON; the error says what is wrong with it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let settings: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if !settings.agents.contains_key(&settings.default) {
            return Err(format!(
                "the default agent `{}` is not one of `agents`",
                settings.default
            ));
        }
        Ok(settings)
    }

    /// Fails if an agent wants to be told who asks, and agents are not told.
    pub(super) fn for_callers(self, pass_caller: bool) -> Result<Self, String> {
        let needs_caller = |(_, upstream): &(_, &UpstreamSettings)| upstream.needs_caller();
        match self.agents.iter().find(needs_caller) {
            Some((key, _)) if !pass_caller => Err(format!(
                "`request` of the agent `{key}` has `${{caller}}`, and `GATEWAY_PASS_CALLER` is not `true`"
            )),
            _ => Ok(self),
        }
    }
}

impl UpstreamSettings {
    /// Whether it is asked in this protocol, and not by a request of its own.
    pub fn speaks(&self, wanted: Protocol) -> bool {
        matches!(self, Self::AgentcoreRuntime { protocol, request: None, .. } if *protocol == wanted)
    }

    /// Whether it can only be asked where agents are told who asks.
    pub fn needs_caller(&self) -> bool {
        matches!(self, Self::AgentcoreRuntime { request: Some(request), .. } if request.names_caller())
    }

    /// The agent's name in events; `key` is its name in the configuration.
    pub fn name<'a>(&'a self, key: &'a str) -> &'a str {
        let (Self::BedrockAgent { name, .. }
        | Self::AgentcoreRuntime { name, .. }
        | Self::Harness { name, .. }) = self;
        name.as_deref().unwrap_or(key)
    }

    /// The `agentId` of `complete`: AWS's name for the agent, without the account's number.
    pub fn id(&self) -> &str {
        match self {
            Self::BedrockAgent { agent_id, .. } => agent_id,
            Self::AgentcoreRuntime { arn, .. } | Self::Harness { arn, .. } => {
                arn.rsplit('/').next().unwrap_or(arn)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_all_three_kinds() {
        let settings = AgentsSettings::from_json(
            r#"{"default":"magi","agents":{
                "magi":{"type":"bedrock-agent","agentId":"MAGICOUNCL","agentAliasId":"LIVE","name":"SOLOMON"},
                "research":{"type":"agentcore-runtime","arn":"arn:aws:bedrock-agentcore:r:1:runtime/research-x"},
                "assistant":{"type":"harness","arn":"arn:aws:bedrock-agentcore:r:1:harness/h-x","qualifier":"DEFAULT"}},
                "members":{"SOLOMON":{"name":"ソロモン","role":"judge"}}}"#,
        )
        .unwrap();

        let seen: Vec<_> = settings
            .agents
            .iter()
            .map(|(key, upstream)| (upstream.name(key), upstream.id()))
            .collect();
        assert_eq!(
            seen,
            [
                ("assistant", "h-x"),
                ("SOLOMON", "MAGICOUNCL"),
                ("research", "research-x")
            ]
        );
        assert_eq!(settings.members["SOLOMON"].role.as_deref(), Some("judge"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (json, complaint) in [
            (r#"{"default":"a","agents":{}}"#, "`a` is not one of"),
            (
                r#"{"default":"a","agents":{"a":{"type":"x"}}}"#,
                "unknown variant `x`",
            ),
            (r#"{"default":"a","agents":{},"x":1}"#, "unknown field `x`"),
            (
                r#"{"default":"a","agents":{"a":{"type":"agentcore-runtime","arn":"a","request":"hello"}}}"#,
                "neither `${question}` nor `${messages}`",
            ),
            (
                r#"{"default":"a","agents":{"a":{"type":"agentcore-runtime","arn":"a","answer":{"text":"a"}}}}"#,
                "`a` is no JSON Pointer",
            ),
        ] {
            let error = AgentsSettings::from_json(json).unwrap_err();
            assert!(error.contains(complaint), "{error}");
        }
    }
}
