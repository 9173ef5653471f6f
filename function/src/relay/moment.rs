//! What a client is told of a stream, whatever its dialect.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::agent::Failure;
use crate::event::{Event, Usage};

/// What a client is told, in order: `Open`, `Start`, any number of `Event` and `KeepAlive`, then
/// exactly one of `Complete` and `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// The stream is open; nobody has been asked yet.
    Open,
    Start {
        session_id: String,
        request_id: String,
        /// How events call the agent that is asked; all others are its collaborators.
        agent: String,
        at: SystemTime,
    },
    Event {
        event: Event,
        /// Counts the chunks, from 1; that of the last chunk for other events.
        chunk_number: u64,
        at: SystemTime,
    },
    /// Nothing happened for a while.
    KeepAlive,
    Complete {
        session_id: String,
        agent_id: String,
        totals: Totals,
        at: SystemTime,
    },
    Failed {
        failure: Failure,
        totals: Totals,
        at: SystemTime,
    },
}

/// Sums over one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    pub elapsed: Duration,
    /// From the beginning to the first chunk: how long people looked at nothing.
    pub first_chunk: Option<Duration>,
    pub chunks: u64,
    /// Of the chunks' text, in UTF-8.
    pub bytes: u64,
    pub usage: Usage,
    /// In order of appearance.
    pub by_agent: Vec<AgentUsage>,
    /// How often a call that was throttled has been made again.
    pub retries: u64,
    /// Messages of the upstream that this version does not know.
    pub unknown: u64,
}

/// What one agent has spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentUsage {
    pub agent: String,
    #[serde(flatten)]
    pub usage: Usage,
}
