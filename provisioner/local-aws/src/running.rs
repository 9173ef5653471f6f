//! What runs: functions in their environments, and the ways to invoke them.
//!
//! ```text
//! Invoke, browser, curl -> invoke | response_stream | function_url
//!     -> invoker -> environment (the real bootstrap) <-> runtime_api
//! ```

mod environment;
mod function_access;
mod function_url;
mod identity;
mod invocation;
mod invoke;
mod invoker;
mod options;
mod pool;
mod response_stream;
mod runtime_api;
mod url_servers;

pub(crate) use function_access::FunctionAccess;
pub(crate) use invocation::{FunctionCredentials, LogLine};
pub(crate) use invoke::invoke;
pub(crate) use invoker::Invoker;
pub(crate) use options::InvokerOptions;
pub(crate) use response_stream::invoke_with_response_stream;
pub(crate) use runtime_api::Bandwidth;
pub(crate) use url_servers::UrlServers;
