//! Judges what was seen: what is wrong, what stands in the way, and what to do about it. Pure.

pub(crate) mod exposure;
pub mod finding;
pub(crate) mod gate;
pub(crate) mod health;
pub(crate) mod preflight;
pub(crate) mod sizing;
