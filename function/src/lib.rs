//! A streaming gateway in front of an Amazon Bedrock agent, run by Lambda behind a function URL.
//!
//! One request flows one way, each module usable without the next:
//!
//! ```text
//! function URL event -> authorize -> request -> agent (upstream) -> event -> relay -> dialect
//!                                                                              |
//!                                       runtime (Lambda Runtime API) <- gateway (bytes)
//! ```

pub mod agent;
pub mod authorize;
pub mod aws;
pub mod dialect;
pub mod event;
pub mod gateway;
pub mod log;
pub mod panics;
pub mod relay;
pub mod request;
pub mod runtime;
pub mod session_id;
pub mod settings;
pub mod timestamp;
