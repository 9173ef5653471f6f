//! Brings an AWS account to the state a deployment describes, and can try it on a local AWS.
//!
//! ```text
//! flags + gateway.yaml -> config -> desired --\
//! AWS (one wave of reads) ----------> live ----+-> plan (pure) -> show, ask -> release -> .env.local
//! ```
//!
//! The rooms, from the ground up; each uses only those above it in this list:
//!
//! - [`hint`]: An error says what to try next, and tells its causes in a line.
//! - [`deployment`]: What a deployment consists of, wanted and found, as values.
//! - [`terminal`]: All that leaves for a person or for CI.
//! - [`env_file`]: Reads and replaces one variable of .env.local.
//! - [`package`]: A binary becomes a checked, deterministic zip.
//! - [`config`]: What the user wants: flag, variable, overlay, gateway.yaml, default.
//! - [`plan`]: Decides what changes, in which order, in which words.
//! - [`check`]: Judges what was seen: what is wrong, and what stands in the way.
//! - [`generate`]: Writes the deployment down for other tools.
//! - [`aws`]: The only room with AWS's types: it reads, writes, signs, and explains failures.
//! - [`gateway`]: A caller's side: asks a deployment and understands its answer.
//! - [`release`]: Carries a plan out; a version shows that it works, or callers get the one before.
//! - [`cli`]: The command line as clap types, without behaviour.
//! - [`commands`]: One file a command.

pub mod aws;
pub mod check;
pub mod cli;
pub mod commands;
pub mod config;
pub mod deployment;
pub mod env_file;
pub mod gateway;
pub mod generate;
pub mod hint;
pub mod package;
pub mod plan;
pub mod release;
pub mod terminal;
