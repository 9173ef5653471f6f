//! Reads a scenario from YAML and refuses one that cannot be played.

use super::document::Scenario;
use super::members::{Reason, Use};
use super::step::{Answer, Exception, Fill, LONGEST_CHUNK, Refusal, Step, Think};

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
    pub const COUNCIL: &str = include_str!("../../../../templates/scenarios/magi.yaml");

    /// Reads a scenario and checks that it can be played.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        // The byte order mark, which editors on Windows write.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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
        for agent in self.agents() {
            if agent.name.is_empty() || !is_id(&agent.id) || !is_id(&agent.alias) {
                return Err(ScenarioError::Agent(agent.name.clone()));
            }
        }
        let without_condition = self.answers.iter().position(|it| it.when.is_none());
        if without_condition.is_none_or(|first| first + 1 != self.answers.len()) {
            return Err(ScenarioError::Default);
        }
        self.answers.iter().try_for_each(|script| {
            check(&script.steps, self).map_err(|reason| ScenarioError::Step {
                answer: match &script.when {
                    Some(when) => format!("the answer to `{when}`"),
                    None => "the last answer".to_owned(),
                },
                reason,
            })
        })
    }
}

/// The members of `ResponseStream` in the service's model that are exceptions.
const EXCEPTIONS: [&str; 10] = [
    "accessDeniedException",
    "badGatewayException",
    "conflictException",
    "dependencyFailedException",
    "internalServerException",
    "modelNotReadyException",
    "resourceNotFoundException",
    "serviceQuotaExceededException",
    "throttlingException",
    "validationException",
];

/// The most files of one message.
const MOST_FILES: usize = 5;

/// Checks what the types cannot; an error is the reason why these steps cannot be played.
fn check(steps: &[Step], scenario: &Scenario) -> Result<(), String> {
    let before_the_stream = steps
        .iter()
        .position(|step| !matches!(step, Step::Wait(_)))
        .unwrap_or_default();
    for (index, step) in steps.iter().enumerate() {
        check_step(step, scenario).map_err(|reason| format!("step {}: {reason}", index + 1))?;
        if matches!(step, Step::Refuse(_)) && index != before_the_stream {
            return Err(format!(
                "step {}: `refuse` comes first, or after a `wait` only",
                index + 1
            ));
        }
    }
    Ok(())
}

fn check_step(step: &Step, scenario: &Scenario) -> Result<(), String> {
    match step {
        Step::Wait(_)
        | Step::Repeat(_)
        | Step::Cite(_)
        | Step::ReturnControl(_)
        | Step::Guardrail(_)
        | Step::Close
        | Step::Stall => Ok(()),
        Step::Files(files) => {
            let fits = files.len() <= MOST_FILES;
            let reason = || format!("at most {MOST_FILES} files come at once");
            fits.then_some(()).ok_or_else(reason)
        }
        Step::Think(Think { agent, .. })
        | Step::Reason(Reason { agent, .. })
        | Step::Use(Use { agent, .. }) => {
            let known = scenario.agent_named(agent).map(|_| ());
            known.ok_or_else(|| format!("there is no agent `{agent}`"))
        }
        Step::Ask(Answer { agent, .. }) | Step::Answer(Answer { agent, .. }) => {
            if scenario.collaborators.iter().any(|it| &it.name == agent) {
                Ok(())
            } else {
                Err(format!("there is no collaborator `{agent}`"))
            }
        }
        Step::Say(say) => match (say.characters, say.bytes) {
            (Some(_), Some(_)) => Err("pieces are of `characters` or of `bytes`".to_owned()),
            (Some((from, to)), None) if from == 0 || from > to => {
                Err("`characters` are two numbers from 1 on, the smaller one first".to_owned())
            }
            (None, Some(0)) => Err("`bytes` is at least 1".to_owned()),
            _ => Ok(()),
        },
        Step::Fill(fill) => match fill {
            Fill { bytes, .. } if *bytes > LONGEST_CHUNK => {
                Err(format!("a chunk has at most {LONGEST_CHUNK} bytes"))
            }
            Fill { text, .. } if text.is_empty() => Err("`text` is empty".to_owned()),
            Fill { .. } => Ok(()),
        },
        Step::Parallel(branches) => branches.iter().try_for_each(|branch| {
            if branch.iter().any(|step| matches!(step, Step::Refuse(_))) {
                return Err("`refuse` cannot be in a branch".to_owned());
            }
            check(branch, scenario)
        }),
        Step::Exception(Exception { name, .. }) => {
            if EXCEPTIONS.contains(&name.as_str()) {
                Ok(())
            } else {
                let known = EXCEPTIONS.join(", ");
                Err(format!(
                    "InvokeAgent has no exception `{name}`, but {known}"
                ))
            }
        }
        Step::Refuse(Refusal { status, .. }) => {
            if (400..600).contains(status) {
                Ok(())
            } else {
                Err(format!("{status} is not the status of an error"))
            }
        }
    }
}
