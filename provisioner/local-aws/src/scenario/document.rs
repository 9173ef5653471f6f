//! A scenario as a value: who there is, and what they say.

use serde::{Deserialize, Serialize};

use super::step::Step;
use crate::scope::Scope;

/// A whole script: an agent, those it works with, and their answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The one that is invoked: the supervisor.
    pub agent: Agent,
    #[serde(default)]
    pub collaborators: Vec<Agent>,
    /// What AgentCore lists.
    #[serde(default)]
    pub runtimes: Vec<Deployed>,
    #[serde(default)]
    pub harnesses: Vec<Deployed>,
    pub(crate) answers: Vec<Script>,
}

/// An agent as Bedrock knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    pub name: String,
    pub id: String,
    pub alias: String,
    /// What the control plane says of it and its alias.
    #[serde(default = "prepared")]
    pub status: String,
}

/// The alias of every agent's working draft.
pub(crate) const TEST_ALIAS: &str = "TSTALIASID";

impl Agent {
    pub(crate) fn has_alias(&self, alias: &str) -> bool {
        alias == self.alias || alias == TEST_ALIAS
    }
}

fn prepared() -> String {
    "PREPARED".to_owned()
}

/// A runtime or harness of AgentCore.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    pub name: String,
    /// The last part of its ARN: the name, `-` and ten characters of AWS's.
    pub id: String,
    /// What the control plane says of it.
    #[serde(default = "ready")]
    pub status: String,
    /// Only runtimes have one.
    #[serde(default)]
    pub protocol: Protocol,
    /// Of a harness: what `GetHarness` says of its memory. Nothing is said if it is absent.
    #[serde(default)]
    pub memory: Option<Memory>,
}

/// Where a harness keeps its conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// AWS keeps them.
    Managed,
    /// They end with the session's machine.
    Disabled,
}

/// What a runtime was made for, in AWS's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Protocol {
    #[default]
    Http,
    Mcp,
    A2a,
    #[serde(rename = "AGUI")]
    AgUi,
}

fn ready() -> String {
    "READY".to_owned()
}

impl Deployed {
    /// Its ARN, where `kind` is `runtime` or `harness`.
    pub(crate) fn arn(&self, kind: &str, scope: &Scope<'_>) -> String {
        let (region, account, id) = (scope.region, scope.account_id, &self.id);
        format!("arn:aws:bedrock-agentcore:{region}:{account}:{kind}/{id}")
    }
}

/// One answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// Questions that contain this text get this answer; without it, all remaining questions do.
    pub(crate) when: Option<String>,
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    pub(crate) steps: Vec<Step>,
}

impl Scenario {
    /// The supervisor and its collaborators: agents like any other.
    pub(crate) fn agents(&self) -> impl Iterator<Item = &Agent> {
        std::iter::once(&self.agent).chain(&self.collaborators)
    }

    /// The first answer whose condition the question fulfils.
    pub(crate) fn script(&self, question: &str) -> &[Step] {
        let fits = |script: &&Script| {
            let when = script.when.as_deref();
            when.is_none_or(|part| question.contains(part))
        };
        // `parse` has made sure that the last answer has no condition.
        self.answers
            .iter()
            .find(fits)
            .map_or(&[], |script| &script.steps)
    }

    /// The supervisor or a collaborator.
    pub(crate) fn agent_named(&self, name: &str) -> Option<&Agent> {
        self.agents().find(|agent| agent.name == name)
    }
}
