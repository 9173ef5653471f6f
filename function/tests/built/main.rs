//! The built `bootstrap` between Lambda and an agent, which the tests play over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod agentcore;
mod at_once;
mod callers;
mod clients;
mod failures;
mod in_process;
mod kind;
mod lambda;
mod leaks;
mod log;
mod panics;
mod process;
mod retries;
mod streaming;
mod tokens;
mod traces;
mod upstream;
