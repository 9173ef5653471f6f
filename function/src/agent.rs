//! The agents behind the gateway, each called by the operation of AWS that it needs.

pub mod agentcore;
pub mod agentcore_runtime;
mod answer;
mod ask;
pub mod bedrock_agents;
mod configured;
mod event_stream;
mod exceptions;
mod failure;
mod file;
pub mod harness;
mod json;
mod plain;
mod pulse;
mod resume;
pub mod retry;
mod speech;
mod trace_headers;
mod turns;
mod upstream;

pub use answer::Events;
pub use ask::{
    Ask, Outcome, Patience, RETRIES, Response, ReturnControl, Role, RunInput, TraceContext, Turn,
};
pub use bedrock_agents::MOST_RESULTS;
pub use configured::configured;
pub use failure::{AgentError, Description, Failure, Side};
pub use file::{File, MOST_FILES, UseCase, tell_apart};
pub use pulse::Pulse;
pub use upstream::Agent;
