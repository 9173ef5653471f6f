//! What a client is told of a stream, whatever its dialect.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::agent::Failure;
use crate::event::{Event, Usage};

/// What a client is told, in this order: `Start`, any number of `Event`, then exactly one of
/// `Complete` and `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    Start(Start),
    Event {
        event: Event,
        /// Counts the chunks, from 1. Any other event has the number of the last chunk.
        chunk_number: u64,
        at: SystemTime,
    },
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

/// The stream has begun; the agent has not been asked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    pub session_id: String,
    pub request_id: String,
    /// The name in events of the agent that is asked; all others are its collaborators.
    pub agent: String,
    #[serde(skip)]
    pub at: SystemTime,
}

/// What the relay has next for the client.
#[derive(Debug, PartialEq)]
pub enum Next {
    Moment(Moment),
    /// The client has got nothing for a while, and the connection must not look dead.
    KeepAlive,
}

/// The sums of one stream.
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
    /// How often a throttled call was made again.
    pub retries: u64,
    /// Messages of the upstream that this version does not know.
    pub unknown: u64,
    /// AWS has begun to give an answer, so that a run has begun.
    pub has_begun: bool,
    /// Why the first of them was not understood, where that is known.
    pub unknown_reason: Option<&'static str>,
}

impl Totals {
    /// Who has spent what; empty for one agent alone, whose usage is the whole usage.
    pub fn usage_of_several(&self) -> &[AgentUsage] {
        if self.by_agent.len() > 1 {
            &self.by_agent
        } else {
            &[]
        }
    }

    /// Adds tokens that `agent` has spent.
    pub(super) fn spend(&mut self, agent: String, usage: Usage) {
        self.usage += usage;
        match self.by_agent.iter_mut().find(|known| known.agent == agent) {
            Some(known) => known.usage += usage,
            None => self.by_agent.push(AgentUsage { agent, usage }),
        }
    }
}

/// The tokens that one agent has spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentUsage {
    pub agent: String,
    #[serde(flatten)]
    pub usage: Usage,
}
