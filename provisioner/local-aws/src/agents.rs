//! Agents on AWS, played from a scenario: the real protocols, scripted words.
//!
//! ```text
//! call -> bedrock_agent | runtime | harness -> stage -> player (the script's steps, in time)
//!                    ^ their Encoder writes each Event down       |
//!                    +--------------------------------------------+
//! ```
//!
//! A program of the developer's own may take the place of the runtime (`own_program`).

mod bedrock_agent;
mod cast;
mod characters;
mod event;
mod harness;
mod own_program;
mod player;
mod runtime;
mod session;
mod stage;
#[cfg(test)]
mod tests;
mod wire;

use axum::body::Body;
use http::Response;

pub(crate) use cast::Agents;
pub use own_program::OwnProgram;

use crate::route::Call;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

/// Answers a call to an agent; `None` for other operations.
pub(crate) async fn handle(
    agents: &Agents,
    call: &Call,
    scope: &Scope<'_>,
) -> Option<Result<Response<Body>, ApiError>> {
    Some(match call.operation.name {
        "InvokeAgent" => bedrock_agent::invoke(agents, call).await,
        "InvokeAgentRuntime" => runtime::invoke(agents, call, scope).await,
        "InvokeHarness" => harness::invoke(agents, call, scope).await,
        _ => return None,
    })
}
