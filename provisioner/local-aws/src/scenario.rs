//! What the scripted agents say, read from YAML: which answer a question gets, and its steps. Played
//! by `agents`.

mod cut;
mod document;
mod members;
mod read;
mod step;
#[cfg(test)]
mod tests;

pub use document::{Agent, Deployed, Memory, Protocol, Scenario};
pub use read::ScenarioError;

pub(crate) use document::TEST_ALIAS;
pub(crate) use members::{Cite, File, Guardrail, Reason, Reference, ReturnControl, Tool};
pub(crate) use step::{Exception, LONGEST_CHUNK, Refusal, Step, Think, Tokens};
