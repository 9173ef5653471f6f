//! One file a resource: how it is to differ, in which words, at which time, and what guards the change.

pub(crate) mod alias;
pub(crate) mod function;
pub(crate) mod log_group;
pub(crate) mod permission;
pub(crate) mod role;
pub(crate) mod url;
pub(crate) mod version;
