//! What a deployment consists of, wanted and found, as values without SDK types.

pub mod access;
pub mod content;
pub mod digest;
pub mod document;
pub mod edition;
pub mod names;
pub mod permission;
pub mod record;
pub mod state;
pub(crate) mod variables;
pub(crate) mod word;
