//! Runs a version of a function: one execution environment per concurrent invocation, kept for the
//! next one as long as the version stays the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::environment::{self, Work};
use pool::Pool;

pub(crate) use super::runtime_api::Bandwidth;
pub(crate) use identity::{Identity, TraceId};
pub(crate) use pool::{Closing, Key, Ticket};

mod identity;
mod pool;

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
    pub(crate) body: mpsc::Receiver<Result<Bytes, FunctionError>>,
}

/// The function failed: it reported an error, crashed, or ran out of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub(crate) struct FunctionError {
    /// For example `Runtime.ExitError`, `Sandbox.Timedout`, or the function's own `errorType`.
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

impl FunctionError {
    pub(crate) const EXIT: &str = "Runtime.ExitError";
    pub(crate) const TIMED_OUT: &str = "Sandbox.Timedout";
    pub(crate) const SANDBOX: &str = "Sandbox.Failure";
    pub(crate) const TRUNCATED: &str = "Runtime.TruncatedResponse";
    pub(crate) const TOO_LARGE: &str = "Function.ResponseSizeTooLarge";
    pub(crate) const INVALID_ENTRYPOINT: &str = "Runtime.InvalidEntrypoint";

    /// Whether the platform broke the answer off. An error that the function itself reported
    /// behind its answer leaves the answer whole.
    pub(crate) fn breaks_off(&self) -> bool {
        [
            Self::EXIT,
            Self::TIMED_OUT,
            Self::SANDBOX,
            Self::TRUNCATED,
            Self::TOO_LARGE,
        ]
        .contains(&self.error_type.as_str())
    }
}

/// A line that a function or the platform has written to a function's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogLine {
    pub(crate) function_name: String,
    pub(crate) log_group: String,
    pub(crate) log_stream: String,
    pub(crate) timestamp_ms: i64,
    pub(crate) text: String,
}

/// What every function is given, and where its output goes.
#[derive(Debug)]
pub(crate) struct InvokerOptions {
    /// `AWS_ENDPOINT_URL` of the functions; without it they reach the real AWS.
    pub(crate) endpoint_url: Option<String>,
    pub(crate) region: String,
    pub(crate) credentials: FunctionCredentials,
    pub(crate) logs: mpsc::UnboundedSender<LogLine>,
    /// Deployment packages are unpacked below it.
    pub(crate) scratch_dir: PathBuf,
    /// How fast and how long streamed answers may be; `None` lifts Lambda's limits.
    pub(crate) bandwidth: Option<Bandwidth>,
}

/// The credentials of a function's role.
#[derive(Clone)]
pub(crate) struct FunctionCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

/// Never the secret.
impl std::fmt::Debug for FunctionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Invokes functions. Clones share their environments.
#[derive(Debug, Clone)]
pub(crate) struct Invoker {
    options: Arc<InvokerOptions>,
    pool: Arc<Pool>,
}

impl Invoker {
    pub(crate) fn new(options: InvokerOptions) -> Self {
        Self {
            options: Arc::new(options),
            pool: Arc::default(),
        }
    }

    /// Returns as soon as the answer begins. The function runs to its end even if the caller does
    /// not wait for it.
    pub(crate) async fn invoke(
        &self,
        executable: Arc<Executable>,
        event: Bytes,
    ) -> Result<Answer, FunctionError> {
        self.invoke_as(executable, event, Identity::new()).await
    }

    /// The same under an identity that is already known to others.
    pub(crate) async fn invoke_as(
        &self,
        executable: Arc<Executable>,
        event: Bytes,
        identity: Identity,
    ) -> Result<Answer, FunctionError> {
        let (reply, answer) = oneshot::channel();
        let work = Work {
            identity,
            invoked_arn: executable.invoked_arn.clone(),
            event,
            reply,
        };
        let key = Key::of(&executable);
        if let Err(work) = self
            .pool
            .hand_over(&key, &executable.revision_id, work)
            .await
        {
            let ticket = self.pool.ticket(key, executable.revision_id.clone());
            let life = environment::live(executable, Arc::clone(&self.options), work, ticket);
            self.pool.start(life);
        }
        answer.await.unwrap_or_else(|_| {
            Err(FunctionError {
                error_type: FunctionError::SANDBOX.to_owned(),
                error_message: "the execution environment has ended".to_owned(),
            })
        })
    }

    /// Ends a function's environments: the idle ones now, the others after what they are doing.
    pub(crate) fn retire(&self, function_name: &str) {
        self.pool.retire(function_name);
    }

    /// Kills everything that runs. What is invoked after this fails.
    pub(crate) async fn shutdown(&self) {
        self.pool.shutdown().await;
    }
}

impl Identity {
    /// Made up here, as Lambda does for its own API.
    pub(crate) fn new() -> Self {
        Self {
            request_id: uuid::Uuid::new_v4().to_string(),
            trace_id: TraceId::new(std::time::SystemTime::now(), uuid::Uuid::new_v4()),
        }
    }
}
