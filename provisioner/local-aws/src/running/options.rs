//! What all functions have in common.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::function_access::FunctionAccess;
use super::invocation::LogLine;
use super::runtime_api::Bandwidth;

/// What every function is given, and where its output goes.
#[derive(Debug)]
pub(crate) struct InvokerOptions {
    pub(crate) region: String,
    pub(crate) access: FunctionAccess,
    pub(crate) logs: mpsc::UnboundedSender<LogLine>,
    /// Deployment packages are unpacked below it.
    pub(crate) scratch_dir: PathBuf,
    /// How fast and how long streamed answers may be; `None` lifts Lambda's limits.
    pub(crate) bandwidth: Option<Bandwidth>,
}
