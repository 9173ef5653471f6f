//! What the scripted agents say, read from YAML: which answer a question gets, and its steps. Played
//! by `agents`.

use serde::Deserialize;

use super::account::Scope;

pub(crate) use members::{Cite, File, Found, Guardrail, Reason, ReturnControl, Tool, Use};
pub(crate) use step::{Exception, Fill, LONGEST_CHUNK, Refusal, Say, Step, Think, Tokens};

mod cut;
mod members;
mod step;

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
    /// A part of the questions that get this answer; without it, all that are left.
    pub(crate) when: Option<String>,
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    pub(crate) steps: Vec<Step>,
}

/// Why a text is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not YAML, or not of this shape.
    #[error("line {line}: {reason}")]
    Shape {
        /// 0 when the text as a whole is meant.
        line: usize,
        reason: String,
    },
    /// An agent that Bedrock could not have.
    #[error("the agent `{0}` needs a name, and an id and an alias of 1 to 10 letters and digits")]
    Agent(String),
    /// A question would have no answer.
    #[error("the last answer must have no `when`, and only the last")]
    Default,
    /// A step that cannot be played.
    #[error("{answer}: {reason}")]
    Step {
        /// Which answer.
        answer: String,
        reason: String,
    },
}

impl Scenario {
    /// The council of the three sages and SOLOMON.
    pub const COUNCIL: &str = include_str!("../../../templates/scenarios/magi.yaml");

    /// Reads a scenario and checks that it can be played.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = serde_yaml::from_str(text).map_err(|error| ScenarioError::Shape {
            line: error.location().map_or(0, |location| location.line()),
            reason: error.to_string(),
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), ScenarioError> {
        let is_id = |id: &str| {
            (1..=10).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        for agent in std::iter::once(&self.agent).chain(&self.collaborators) {
            if agent.name.is_empty() || !is_id(&agent.id) || !is_id(&agent.alias) {
                return Err(ScenarioError::Agent(agent.name.clone()));
            }
        }
        let without_condition = self.answers.iter().position(|it| it.when.is_none());
        if without_condition.is_none_or(|first| first + 1 != self.answers.len()) {
            return Err(ScenarioError::Default);
        }
        self.answers.iter().try_for_each(|script| {
            step::check(&script.steps, self).map_err(|reason| ScenarioError::Step {
                answer: match &script.when {
                    Some(when) => format!("the answer to `{when}`"),
                    None => "the last answer".to_owned(),
                },
                reason,
            })
        })
    }

    /// The first answer whose condition the question fulfils.
    pub(crate) fn script(&self, question: &str) -> &[Step] {
        let fits = |script: &&Script| {
            let when = script.when.as_deref();
            when.is_none_or(|part| question.contains(part))
        };
        // `check` has found a last answer without a condition.
        self.answers
            .iter()
            .find(fits)
            .map_or(&[], |script| &script.steps)
    }

    /// The supervisor or a collaborator.
    pub(crate) fn agent_named(&self, name: &str) -> Option<&Agent> {
        std::iter::once(&self.agent)
            .chain(&self.collaborators)
            .find(|agent| agent.name == name)
    }
}

#[cfg(test)]
mod tests;
