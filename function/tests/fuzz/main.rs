//! Whatever comes in from outside is answered without a panic and in bounded memory.
//!
//! `make fuzz` tries these properties, and those beside the code itself, far more often.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agentcore_body;
mod event;
mod event_stream;
mod json;
#[path = "../replay/replayed.rs"]
#[expect(dead_code, reason = "`replay` uses all of it")]
mod replayed;
mod requests;
mod round_trip;
mod runtime;
