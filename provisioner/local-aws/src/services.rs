//! The control planes of the services: each operation acts on the stores that it changes, and answers
//! in the protocol of its service.

pub(crate) mod bedrock;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod logs;
pub(crate) mod sts;
#[cfg(test)]
mod tests;
