//! Brings an AWS account to the state a deployment describes, and carries a local AWS to try it on.
//!
//! ```text
//! flags + gateway.yaml -> config -> desired --\
//! AWS (reads, in parallel) -> aws::read -> live --+--> plan (pure) -> printer -> apply -> aws::write
//!
//! local-aws: the AWS that `provision dev` starts; it is reached over HTTP like the real one
//! ```

pub mod apply;
pub mod aws;
pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
mod cost;
pub mod desired;
pub mod dialect;
pub mod doctor;
pub mod document;
pub mod env_file;
pub mod error;
pub mod generate;
pub mod github_actions;
mod interrupt;
pub mod package;
pub mod panic;
pub mod permission;
pub mod plan;
mod preflight;
pub mod printer;
pub mod probe;
pub mod progress;
pub mod record;
pub mod redact;
mod signing;
pub mod sse;
pub mod state;
pub mod switch;
pub mod transcript;
