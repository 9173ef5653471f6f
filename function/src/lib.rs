//! A streaming gateway in front of an Amazon Bedrock agent, run by Lambda behind a function URL.
//!
//! ```text
//! event of the function URL -> gateway: route -> authorize -> dialect reads -> request: question
//! body <- gateway: pump <- dialect encodes <- relay (council, redact) <- agent: one event at a time
//! ```
//!
//! A module uses only modules of lower layers, so each can be read and tested without those after it:
//!
//! | layer | module | |
//! |--|--|--|
//! | 1 | [`refusal`] | A request that is refused before any stream begins. |
//! | 1 | [`caller`] | Who sent a request. |
//! | 1 | [`cause`] | The error behind a failure, for the log only. |
//! | 1 | [`event`] | What can happen while an agent answers. |
//! | 1 | [`timestamp`] | Times, as clients and the log read them. |
//! | 1 | [`panics`] | The log line of a panic. |
//! | 1 | [`settings`] | The environment, named and checked. |
//! | 2 | [`session`] | Session ids: impossible to guess, and kept apart per caller. |
//! | 2 | [`council`] | Introduces each agent, and reports what it is doing. |
//! | 2 | [`redact`] | Holds back what a client may not see. |
//! | 2 | [`aws`] | The configuration of the SDK, and HTTPS. |
//! | 3 | [`agent`] | Asks an agent and makes events of its answer. |
//! | 4 | [`request`] | Makes a validated question of what a client sent. |
//! | 4 | [`relay`] | Numbers, times and ends the stream of events. |
//! | 5 | [`authorize`] | Finds out who calls, and who may. |
//! | 5 | [`dialect`] | Reads and answers each kind of client in its own protocol. |
//! | 5 | [`log`] | One JSON line per request. |
//! | 6 | [`gateway`] | Answers one invocation, from its event to its last byte. |
//! | 7 | [`runtime`] | Fetches events from Lambda, and gives it the answers. |

pub mod agent;
pub mod authorize;
pub mod aws;
pub mod caller;
pub mod cause;
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
