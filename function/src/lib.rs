//! A streaming gateway in front of an Amazon Bedrock agent, run by Lambda behind a function URL.
//!
//! ```text
//! event of the function URL -> gateway: route -> authorize -> dialect reads -> request: question
//! body <- gateway: pump <- dialect encodes <- relay (council, redact) <- agent: one event at a time
//! ```
//!
//! The modules, from the ground up; each uses only those above it in this list, so that it can be read and
//! tested without those after it:
//!
//! - [`refusal`]: A request that is refused before any stream begins.
//! - [`caller`]: Who sent a request.
//! - [`cause`]: The error behind a failure, for the log only.
//! - [`client_json`]: JSON as clients send it, mended and bounded.
//! - [`event`]: What can happen while an agent answers.
//! - [`timestamp`]: Times, as clients and the log read them.
//! - [`panics`]: The log line of a panic.
//! - [`settings`]: The environment, named and checked.
//! - [`session`]: Session ids: impossible to guess, and kept apart per caller.
//! - [`council`]: Introduces each agent, and reports what it is doing.
//! - [`redact`]: Holds back what a client may not see.
//! - [`aws`]: The configuration of the SDK, and HTTPS.
//! - [`agent`]: Asks an agent and makes events of its answer.
//! - [`request`]: Makes a validated question of what a client sent.
//! - [`relay`]: Numbers, times and ends the stream of events.
//! - [`authorize`]: Finds out who calls, and who may.
//! - [`dialect`]: Reads and answers each kind of client in its own protocol.
//! - [`log`]: One JSON line per request.
//! - [`gateway`]: Answers one invocation, from its event to its last byte.
//! - [`runtime`]: Fetches events from Lambda, and gives it the answers.

pub mod agent;
pub mod authorize;
pub mod aws;
pub mod caller;
pub mod cause;
pub mod client_json;
pub mod council;
pub mod dialect;
pub mod event;
pub mod gateway;
pub mod log;
pub mod panics;
pub mod redact;
pub mod refusal;
pub mod relay;
pub mod request;
pub mod runtime;
pub mod session;
pub mod settings;
pub mod timestamp;
