//! All that leaves for a person or for CI: the printer, progress, questions at the terminal, errors,
//! GitHub Actions, redaction, panics and Ctrl-C.

pub mod consent;
pub mod github_actions;
pub(crate) mod interrupt;
pub mod panics;
pub mod printer;
pub(crate) mod progress;
pub mod redact;
pub mod report;
