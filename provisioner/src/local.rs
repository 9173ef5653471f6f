//! The embedded local AWS: the subset of Lambda, IAM, STS, CloudWatch Logs and Bedrock Agents that
//! the gateway and its provisioner use, in one process, over plain HTTP on 127.0.0.1.
//!
//! ```text
//! AWS clients -> server (SigV4, dispatch) -> iam | sts | logs | lambda | agents
//!                                                            |
//! browser, curl -> function_url -> invoker -> environment (the real bootstrap) <-> runtime_api
//! ```

pub(crate) mod account;
pub(crate) mod agents;
pub(crate) mod api_error;
pub(crate) mod environment;
pub(crate) mod event_stream;
pub(crate) mod function_url;
pub(crate) mod iam;
pub(crate) mod invoker;
pub(crate) mod lambda;
pub(crate) mod logs;
pub(crate) mod prelude;
pub(crate) mod runtime_api;
pub mod scenario;
pub(crate) mod server;
pub(crate) mod sigv4;
pub(crate) mod sts;
pub(crate) mod url_event;
