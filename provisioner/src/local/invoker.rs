//! Runs a version of a function: one execution environment per concurrent invocation.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// One version of a function, with everything an execution environment needs to run it.
#[derive(Debug, Clone)]
pub(crate) struct Executable {
    pub(crate) function_name: String,
    /// As invoked, with the alias or version as qualifier when one was given.
    pub(crate) invoked_arn: String,
    /// `$LATEST` or a number.
    pub(crate) version: String,
    pub(crate) memory_mb: u32,
    pub(crate) timeout: Duration,
    pub(crate) handler: String,
    pub(crate) environment: BTreeMap<String, String>,
    /// The deployment package, a zip.
    pub(crate) code: Arc<[u8]>,
    pub(crate) code_sha256: String,
    pub(crate) log_group: String,
    /// Changes whenever code or configuration change: environments of an older one are retired.
    pub(crate) revision_id: String,
}

/// What a function's answer starts with; the body follows chunk by chunk.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The runtime's `content-type` header.
    pub(crate) content_type: Option<String>,
    /// Whether the runtime announced `lambda-runtime-function-response-mode: streaming`.
    pub(crate) streaming: bool,
    /// Ends after a `None`; an `Err` is the last item: the function died or ran out of time.
    pub(crate) body: tokio::sync::mpsc::Receiver<Result<Bytes, FunctionError>>,
}

/// The function failed: it reported an error, crashed, or ran out of time.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub(crate) struct FunctionError {
    /// For example `Runtime.ExitError`, `Sandbox.Timedout`, or the function's own `errorType`.
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}
