//! The steps of an answer.

use serde::Deserialize;

use super::members::{Cite, File, Guardrail, Reason, ReturnControl, Use};

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

/// The longest `bytes` of a `chunk`.
pub(crate) const LONGEST_CHUNK: usize = 1_000_000;
