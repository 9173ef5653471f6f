//! What a client asks, in the words of any dialect, becomes a validated question.

use std::collections::HashMap;

use super::Refusal;
use crate::agent::bedrock_agents::return_control;
use crate::agent::retry::Patience;
use crate::agent::{Ask, ReturnControl, TraceContext, Turn};
use crate::authorize::Caller;
use crate::session;
use crate::settings::TraceLevel;
use crate::settings::agents::{AgentsSettings, Upstream};

/// Enough for a long document; Bedrock itself would take 25 million characters.
pub const MAX_QUESTION_CHARACTERS: usize = 100_000;

/// What a dialect has read out of a request; nothing is checked yet.
#[derive(Default)]
pub struct Draft {
    /// One of the configured names.
    pub agent: Option<String>,
    pub question: String,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    pub session_id: Option<String>,
    pub memory_id: Option<String>,
    pub session_attributes: Option<HashMap<String, String>>,
    pub prompt_session_attributes: Option<HashMap<String, String>>,
    pub end_session: bool,
    pub return_control: Option<ReturnControl>,
    pub trace: Option<TraceLevel>,
}

impl std::fmt::Debug for Draft {
    /// Without what the client wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").finish_non_exhaustive()
    }
}

/// A question and whom it goes to.
#[derive(Debug)]
pub struct Question {
    /// The agent's name in the configuration.
    pub agent: String,
    /// What AWS calls the agent.
    pub agent_id: String,
    /// How clients see the agent.
    pub agent_name: String,
    /// As the client knows it.
    pub session_id: String,
    pub ask: Ask,
}

impl Draft {
    /// Checks everything; `new_session_id` makes up an id for a client without one.
    pub fn check(
        self,
        agents: &AgentsSettings,
        allowed_trace: TraceLevel,
        caller: &Caller,
        trace_context: TraceContext,
        new_session_id: impl FnOnce() -> Result<String, getrandom::Error>,
    ) -> Result<Question, Refusal> {
        // `default` is a name that is always known: clients of OpenAI's must name a model.
        let named = self
            .agent
            .filter(|name| name != "default" || agents.agents.contains_key(name));
        let agent = named.unwrap_or_else(|| agents.default.clone());
        let Some(upstream) = agents.agents.get(&agent) else {
            return Err(unknown_agent(&agent, agents));
        };
        match &self.return_control {
            None => check_text(&self.question)?,
            Some(answer) if matches!(upstream, Upstream::BedrockAgent { .. }) => {
                check_return_control(answer, self.session_id.is_some())?;
            }
            Some(_) => {
                return Err(Refusal::new(
                    400,
                    "return_control_not_supported",
                    format!("agent `{agent}` never asks for `returnControl`"),
                ));
            }
        }
        for (field, id) in [
            ("sessionId", &self.session_id),
            ("memoryId", &self.memory_id),
        ] {
            if let Some(id) = id {
                check_id(field, id)?;
            }
        }
        let trace = self.trace.unwrap_or(allowed_trace);
        if trace > allowed_trace {
            return Err(Refusal::new(
                400,
                "trace_not_allowed",
                format!(
                    "trace `{}` is more than this deployment allows: `{}`",
                    trace.name(),
                    allowed_trace.name()
                ),
            ));
        }
        let starts_session = self.session_id.is_none();
        let session_id = match self.session_id {
            Some(id) => id,
            None => new_session_id()
                .map_err(|_| Refusal::new(500, "internal", "the gateway failed; ask again"))?,
        };
        let ask = Ask {
            question: self.question,
            history: self.history,
            session_id: session::upstream_id(caller, &session_id),
            starts_session,
            memory_id: self.memory_id.map(|id| session::upstream_id(caller, &id)),
            session_attributes: self.session_attributes,
            prompt_session_attributes: self.prompt_session_attributes,
            end_session: self.end_session,
            return_control: self.return_control,
            trace,
            trace_context,
            patience: Patience::default(),
        };
        Ok(Question {
            agent_id: upstream.id().to_owned(),
            agent_name: upstream.name(&agent).to_owned(),
            agent,
            session_id,
            ask,
        })
    }
}

fn unknown_agent(agent: &str, agents: &AgentsSettings) -> Refusal {
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

fn check_text(question: &str) -> Result<(), Refusal> {
    if question.trim().is_empty() {
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

fn check_return_control(answer: &ReturnControl, has_session: bool) -> Result<(), Refusal> {
    let malformed = |message| Refusal::new(400, "invalid_return_control", message);
    if !has_session {
        let message = "`returnControl` belongs to the session in which the agent asked for it; \
                       send its `sessionId`";
        return Err(malformed(message.to_owned()));
    }
    if answer.invocation_id.is_empty() {
        let message = "`returnControl.invocationId` is empty; it is in the `returnControl` event";
        return Err(malformed(message.to_owned()));
    }
    return_control::read(&answer.results).map_err(malformed)?;
    Ok(())
}

/// Agents see a digest of most ids, so they only have to be printable.
fn check_id(field: &str, id: &str) -> Result<(), Refusal> {
    if (1..=256).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()) {
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
