//! Recorded streams of Bedrock and AgentCore, replayed in this process through the SDK: whole, split
//! and cut at every byte.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cut;
mod harness;
mod members;
mod plain;
mod replayed;
mod strands;
