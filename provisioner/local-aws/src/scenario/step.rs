//! The steps of an answer.

use serde::Deserialize;

use super::{Cite, File, Guardrail, Reason, ReturnControl, Scenario, Use};

/// One thing that happens. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Step {
    Wait(u64),
    /// The supervisor turns to a collaborator.
    Ask(Answer),
    Think(Think),
    /// A collaborator's answer to the supervisor.
    Answer(Answer),
    /// A part of the supervisor's final answer.
    Say(Say),
    Repeat(Repeat),
    Fill(Fill),
    Cite(Cite),
    Files(Vec<File>),
    /// Nothing follows: it is the client's turn.
    ReturnControl(ReturnControl),
    Guardrail(Guardrail),
    Reason(Reason),
    Use(Use),
    /// All branches at the same time.
    Parallel(Vec<Vec<Step>>),
    /// An exception in the stream; nothing follows.
    Exception(Exception),
    /// An error instead of the stream; only in the beginning.
    Refuse(Refusal),
    /// The connection breaks.
    Close,
    /// Nothing more comes, but the connection stays.
    Stall,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) agent: String,
    pub(crate) text: String,
}

/// A call of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Think {
    pub(crate) agent: String,
    #[serde(rename = "for", default)]
    pub(crate) duration: u64,
    pub(crate) rationale: Option<String>,
    pub(crate) tokens: Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tokens {
    pub(crate) input: u32,
    pub(crate) output: u32,
}

/// Text in one piece, in pieces of so many characters, or in pieces of so many bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Say {
    pub(crate) text: String,
    /// From and to: the pieces differ, as a model's do.
    pub(crate) characters: Option<(usize, usize)>,
    pub(crate) bytes: Option<usize>,
    /// Between two pieces; longer behind a punctuation mark.
    #[serde(default)]
    pub(crate) every: u64,
}

/// The same piece again and again, as fast as it goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    pub(crate) count: u32,
    pub(crate) text: String,
}

/// One piece of exactly so many bytes, filled with the text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fill {
    pub(crate) bytes: usize,
    pub(crate) text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) name: String,
    pub(crate) message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
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

/// The longest `bytes` of a `chunk`.
pub(crate) const LONGEST_CHUNK: usize = 1_000_000;

/// The most that one message has.
const MOST_FILES: usize = 5;

/// What the shape alone does not tell. Answers the reason why these steps cannot be played.
pub(super) fn check(steps: &[Step], scenario: &Scenario) -> Result<(), String> {
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
