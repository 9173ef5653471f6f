//! A request as a dialect has read it: nothing in it is checked yet.

use std::collections::HashMap;
use std::sync::Arc;

use crate::agent::{File, Response, ReturnControl, RunInput, Turn};
use crate::settings::TraceLevel;

/// What a client asks, in the words of no dialect.
#[derive(Default)]
pub struct Draft {
    /// One of the configured names.
    pub agent: Option<String>,
    pub question: String,
    /// What comes with the question.
    pub files: Vec<File>,
    /// The conversation so far, oldest turn first.
    pub history: Vec<Turn>,
    pub session_id: Option<String>,
    pub memory_id: Option<String>,
    pub session_attributes: Option<HashMap<String, String>>,
    pub prompt_session_attributes: Option<HashMap<String, String>>,
    pub end_session: bool,
    pub return_control: Option<ReturnControl>,
    pub answers: Option<Answers>,
    /// What else a client of AG-UI sends.
    pub run_input: Option<RunInput>,
    pub trace: Option<TraceLevel>,
    pub explain: bool,
}

/// The answers to everything that an agent has asked back.
#[derive(Debug)]
pub struct Answers {
    /// The name in events of the agent that has asked.
    pub agent: String,
    pub responses: Arc<[Response]>,
}

impl std::fmt::Debug for Draft {
    /// Without what the client wrote: it must not reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").finish_non_exhaustive()
    }
}
