//! A caller's side of a deployment: asks it in one dialect or another, and shows its answer.

pub mod client;
pub mod dialect;
pub(crate) mod explain;
pub mod sse;
pub mod transcript;
