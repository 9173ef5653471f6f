//! A streaming gateway in front of an Amazon Bedrock agent, run by Lambda behind a function URL.
//!
//! One request flows one way, each module usable without the next:
//!
//! ```text
//! function URL event -> authorize -> request -> agent (upstream) -> event -> relay -> dialect
//!                                                              redact, council |        |
//!                                       runtime (Lambda Runtime API) <- gateway (bytes) <
//! ```

pub mod agent;
pub mod authorize;
pub mod aws;
pub mod council;
pub mod dialect;
pub mod event;
pub mod gateway;
pub mod log;
pub mod panics;
pub mod redact;
pub mod relay;
pub mod request;
pub mod runtime;
pub mod session;
pub mod settings;
pub mod timestamp;
