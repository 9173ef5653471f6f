//! Recorded streams of Bedrock, replayed in this process through the SDK: whole, split and cut at
//! every byte.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cut;
mod members;
mod replayed;
