//! Whatever comes in from outside: an answer, never a panic, and no more memory than there are bounds.
//!
//! `make fuzz` runs the same properties, and those beside the code they are about, far more often.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agentcore_body;
mod event;
mod json;
mod round_trip;
