//! What a decision rests on. All of it was asked for.

use crate::config::{AgentKey, History, Protocol, RuntimeArn};
use crate::deployment::names::Account;
use crate::deployment::permission::Statement;
use crate::deployment::state::{Live, LiveUrl};
use crate::hint::Complaint;

/// What was seen before anything was decided.
#[derive(Debug, Clone)]
pub struct Seen {
    pub account: Account,
    pub live: Live,
    /// Nothing, where it was not asked for.
    pub past_alias: PastAlias,
    /// Nobody, where it was not asked for. An error where the agents could not be asked about at all.
    pub agents: Result<Vec<AgentSeen>, Complaint>,
}

/// What AWS says about one of the agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSeen {
    pub key: AgentKey,
    /// For messages, such as "alias `LIVE` of agent `MAGICOUNCL`".
    pub resource: String,
    /// In AWS's words, such as `PREPARED`.
    pub status: Result<String, Unread>,
    /// Of runtimes only.
    pub spoken: Option<Spoken>,
    /// Of harnesses only, where AWS tells it.
    pub kept: Option<Kept>,
}

/// The protocol of a runtime, in both places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub runtime: RuntimeArn,
    /// In gateway.yaml.
    pub configured: Protocol,
    /// What the runtime was made with, in AWS's words, such as `AGUI`.
    pub made_with: Result<String, Complaint>,
}

/// Who keeps the conversation with a harness, in both places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// In gateway.yaml.
    pub configured: History,
    pub memory: Memory,
}

/// Whether a harness remembers its sessions. Without memory a conversation lives only as long as the machine
/// of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    On,
    Off,
}

/// Why an agent's status is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// There is no such agent.
    Missing,
    Refused(Complaint),
}

/// What belongs to the function itself and leads to `$LATEST`, past the alias. AWS keeps it apart from
/// what the alias has, and no deployment of ours makes any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastAlias {
    pub statements: Vec<Statement>,
    pub url: Option<LiveUrl>,
}
