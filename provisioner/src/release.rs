//! Carries a plan out, and lets callers reach a new version once it has shown that it works.

pub(crate) mod apply;
pub(crate) mod probe;
pub(crate) mod proof;
pub(crate) mod prove;
pub(crate) mod switch;
pub(crate) mod verify;
