//! A draft becomes a validated question.

use std::collections::HashMap;
use std::sync::Arc;

use super::draft::Draft;
use crate::agent::{self, Ask, Patience, Pulse, RunInput, TraceContext};
use crate::caller::{Caller, is_reserved};
use crate::refusal::Refusal;
use crate::session;
use crate::settings::agents::{AgentsSettings, Protocol};
use crate::settings::{Settings, TraceLevel};

/// Enough for a long document; Bedrock itself would take 25 million characters.
pub const MAX_QUESTION_CHARACTERS: usize = 100_000;

/// A question and the agent that it goes to.
#[derive(Debug)]
pub struct Question {
    /// The agent's name in the configuration.
    pub agent: String,
    /// AWS's name for the agent.
    pub agent_id: String,
    /// The agent's name in events.
    pub agent_name: String,
    /// The client's own session id.
    pub session_id: String,
    pub ask: Ask,
}

impl Question {
    /// Checks all that does not depend on the kind of agent; `new_session_id` makes up an id for a
    /// client that sends none.
    pub fn of(
        draft: Draft,
        settings: &Settings,
        caller: &Caller,
        trace_context: TraceContext,
        new_session_id: impl FnOnce() -> Result<String, getrandom::Error>,
    ) -> Result<Self, Refusal> {
        let agents = &settings.agents;
        // `default` always names an agent: OpenAI's clients must name a model.
        let named = draft
            .agent
            .filter(|name| name != "default" || agents.agents.contains_key(name));
        let agent = named.unwrap_or_else(|| agents.default.clone());
        let Some(upstream) = agents.agents.get(&agent) else {
            return Err(unknown_agent(&agent, agents));
        };
        let responses = match draft.answers {
            Some(answers) if answers.agent != upstream.name(&agent) => {
                return Err(of_another_agent(&answers.agent, &agent));
            }
            Some(answers) => answers.responses,
            None => Arc::default(),
        };
        // Others would keep it for nothing.
        let ends_in_result = |input: &RunInput| input.ends_in_result;
        let is_result = draft.run_input.as_ref().is_some_and(ends_in_result);
        let run_input = draft.run_input.filter(|_| upstream.speaks(Protocol::AgUi));
        let ends_in_result = run_input.as_ref().is_some_and(ends_in_result);
        if is_result && !ends_in_result && responses.is_empty() {
            // No other agent has called a tool of its client's.
            return Err(nothing_asked());
        }
        if draft.return_control.is_some() || !responses.is_empty() {
            if !draft.files.is_empty() {
                return Err(files_without_question());
            }
        } else if !ends_in_result {
            check_text(&draft.question, draft.files.is_empty())?;
        }
        check_id("sessionId", draft.session_id.as_deref())?;
        check_id("memoryId", draft.memory_id.as_deref())?;
        check_attributes(
            "sessionAttributes",
            draft.session_attributes.as_ref(),
            settings,
        )?;
        let for_prompt = draft.prompt_session_attributes.as_ref();
        check_attributes("promptSessionAttributes", for_prompt, settings)?;
        if draft.memory_id.is_some() && *caller == Caller::Anyone {
            return Err(memory_of_anyone());
        }
        // What a client does not ask for it gets at most as a summary.
        let unasked = TraceLevel::default().min(settings.trace);
        let trace = draft.trace.unwrap_or(unasked);
        check_trace(trace, settings.trace)?;
        if draft.explain && trace == TraceLevel::Off {
            return Err(explain_without_trace());
        }
        let starts_session = draft.session_id.is_none();
        let session_id = match draft.session_id {
            Some(id) => id,
            None => new_session_id()
                .map_err(|_| Refusal::new(500, "internal", "the gateway failed; ask again"))?,
        };
        let (mut files, mut history) = (draft.files, draft.history);
        let earlier = history.iter_mut().flat_map(|turn| &mut turn.files);
        agent::tell_apart(earlier.chain(&mut files));
        if run_input.is_some() {
            // The client's own messages have them.
            (files, history) = (Vec::new(), Vec::new());
        }
        let ask = Ask {
            id: String::new(),
            question: draft.question,
            files,
            history,
            session_id: session::upstream_id(caller, &session_id),
            starts_session,
            memory_id: draft.memory_id.map(|id| session::upstream_id(caller, &id)),
            session_attributes: draft.session_attributes,
            prompt_session_attributes: draft.prompt_session_attributes,
            caller: match caller {
                Caller::Known(known) if settings.pass_caller => Some(known.clone()),
                _ => None,
            },
            end_session: draft.end_session,
            return_control: draft.return_control,
            responses,
            run_input: run_input.map(Arc::new),
            trace,
            explain: draft.explain,
            trace_context,
            patience: Patience::default(),
            pulse: Pulse::default(),
        };
        Ok(Self {
            agent_id: upstream.id().to_owned(),
            agent_name: upstream.name(&agent).to_owned(),
            agent,
            session_id,
            ask,
        })
    }
}

/// There is no agent of this name.
pub fn unknown_agent(agent: &str, agents: &AgentsSettings) -> Refusal {
    let names: Vec<_> = agents.agents.keys().map(String::as_str).collect();
    Refusal::new(
        404,
        "unknown_agent",
        format!(
            "there is no agent `{agent}` here; there is: {}",
            names.join(", ")
        ),
    )
}

/// The answer would reach an agent that has asked nothing.
fn of_another_agent(asked: &str, agent: &str) -> Refusal {
    let asked: String = asked.chars().take(64).collect();
    Refusal::new(
        400,
        "invalid_return_control",
        format!("this answers `{asked}`; agent `{agent}` has not asked it"),
    )
}

/// The refusal of a request that asks nothing new.
pub fn nothing_asked() -> Refusal {
    Refusal::new(
        400,
        "nothing_asked",
        "the last message is no question of the user's: nothing new is asked, and the agent is not \
         asked the same thing again",
    )
}

fn check_text(question: &str, is_alone: bool) -> Result<(), Refusal> {
    if is_alone && question.trim().is_empty() {
        return Err(Refusal::new(
            400,
            "empty_question",
            "the question is empty; ask something",
        ));
    }
    let characters = question.chars().count();
    if characters > MAX_QUESTION_CHARACTERS {
        return Err(Refusal::new(
            413,
            "question_too_long",
            format!(
                "the question has {characters} characters; at most {MAX_QUESTION_CHARACTERS} are allowed"
            ),
        ));
    }
    Ok(())
}

fn files_without_question() -> Refusal {
    Refusal::new(
        400,
        "invalid_request",
        "`files` come with a question: the agent reads none with the answer to its own",
    )
}

/// Agents trust their session attributes, for example to say who the user is: a caller may set only those
/// that the deployment lists.
fn check_attributes(
    field: &str,
    attributes: Option<&HashMap<String, String>>,
    settings: &Settings,
) -> Result<(), Refusal> {
    let allowed = &settings.allowed_attributes;
    let mut keys = attributes.into_iter().flat_map(HashMap::keys);
    let Some(key) = keys.find(|key| is_reserved(key) || !allowed.contains(key)) else {
        return Ok(());
    };
    let key: String = key.chars().take(64).collect();
    let message = if is_reserved(&key) {
        format!("`{field}.{key}` is a name that only the gateway itself uses")
    } else {
        let allowed = match allowed.as_slice() {
            [] => "none".to_owned(),
            keys => keys.join(", "),
        };
        format!(
            "callers may not set `{field}.{key}`; the setting `allowed_attributes` lists what they \
             may set: {allowed}"
        )
    };
    Err(Refusal::new(400, "attribute_not_allowed", message))
}

fn memory_of_anyone() -> Refusal {
    Refusal::new(
        400,
        "memory_not_allowed",
        "`memoryId` needs a caller with a name: with `auth: none` anybody could read and change that \
         memory; it works with `auth: iam` and `auth: jwt`",
    )
}

fn check_trace(trace: TraceLevel, allowed: TraceLevel) -> Result<(), Refusal> {
    if trace <= allowed {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "trace_not_allowed",
        format!(
            "trace `{}` is more than this deployment allows: `{}`",
            trace.name(),
            allowed.name()
        ),
    ))
}

/// An explanation tells of the agent's messages what a trace tells of its steps.
fn explain_without_trace() -> Refusal {
    Refusal::new(
        400,
        "trace_not_allowed",
        "`explain` needs trace `summary` or `full`, which shows how each message begins; this request has \
         `off`, or this deployment allows no more",
    )
}

/// Most ids reach the agent as a digest only, so they only have to be printable.
fn check_id(field: &str, id: Option<&str>) -> Result<(), Refusal> {
    let is_id =
        |id: &str| (1..=256).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if id.is_none_or(is_id) {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "invalid_id",
        format!("`{field}` must be 1 to 256 printable ASCII characters without spaces"),
    ))
}

#[cfg(test)]
mod tests;
