//! A process and its Runtime API, watched together: the first of them to report decides.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::end::{End, exit_message, timeout_message};
use super::log::{Log, Status};
use super::process::Process;
use super::task_root::{UnpackError, task_root};
use super::variables::variables;
use crate::running::invocation::FunctionError;
use crate::running::options::InvokerOptions;
use crate::running::pool::{Closing, Ticket};
use crate::running::runtime_api::{Outcome, RuntimeApi, Signal};
use crate::services::lambda::Executable;

/// A process whose connection breaks in the middle of an answer is usually dying; its end, which
/// tells more, is noticed within this time.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// Long enough to notice a request that a dead process has made.
const LAST_REQUEST: Duration = Duration::from_millis(250);

/// A process that waits for its first event, or serves one.
#[derive(Debug)]
pub(super) struct Sandbox {
    pub(super) api: RuntimeApi,
    pub(super) process: Process,
    /// Until it has been reported.
    pub(super) init_duration: Option<Duration>,
    signals: UnboundedReceiver<Signal>,
}

/// Why a function could not be started.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("{0}")]
    Unpack(#[source] UnpackError),
    #[error("The role defined for the function cannot be assumed by Lambda.")]
    Role,
    #[error("no Runtime API on 127.0.0.1: {0}")]
    Listen(#[source] io::Error),
    #[error("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")]
    NoBootstrap,
    #[error("fork/exec /var/task/bootstrap: {0}")]
    Exec(#[source] io::Error),
    #[error("{}", exit_message(*.0))]
    Exited(Option<std::process::ExitStatus>),
    #[error("{message}")]
    Reported { error_type: String, message: String },
    #[error("the function did not ask for its first event in time")]
    TimedOut,
}

impl Sandbox {
    /// Starts a process and waits until it asks for its first event.
    pub(super) async fn start(
        executable: &Executable,
        options: &InvokerOptions,
        ticket: Ticket,
        log: &Log,
        limit: Duration,
    ) -> Result<Self, StartError> {
        let code = Arc::clone(&executable.code);
        let root = task_root(&options.scratch_dir, code, &executable.code_sha256)
            .await
            .map_err(StartError::Unpack)?;
        if !root.join("bootstrap").is_file() {
            return Err(StartError::NoBootstrap);
        }
        let access = options
            .access
            .for_environment(executable)
            .ok_or(StartError::Role)?;
        let (api, signals) = RuntimeApi::listen(options.bandwidth, ticket)
            .await
            .map_err(StartError::Listen)?;
        let variables = variables(
            executable,
            &options.region,
            &access,
            &api.address,
            &root.to_string_lossy(),
            log.stream(),
        );
        let begun = Instant::now();
        let process = Process::start(&root, &variables, log)
            .await
            .map_err(StartError::Exec)?;
        let mut sandbox = Self {
            api,
            process,
            init_duration: None,
            signals,
        };
        sandbox.ready(begun + limit).await?;
        sandbox.init_duration = Some(begun.elapsed());
        Ok(sandbox)
    }

    async fn ready(&mut self, deadline: Instant) -> Result<(), StartError> {
        let result = tokio::select! {
            biased;
            signal = self.signals.recv() => match signal {
                Some(Signal::InitError { error_type, message }) => {
                    Err(StartError::Reported { error_type, message })
                }
                _ => Ok(()),
            },
            status = self.process.exited() => Err(StartError::Exited(status.ok())),
            () = sleep_until(deadline) => Err(StartError::TimedOut),
        };
        if result.is_err() {
            self.process.kill().await;
            self.process.last_lines().await;
        }
        result
    }

    /// Watches one invocation to its end. From the end of the answer until the returned `Closing` is
    /// dropped, the pool counts on this environment for the next invocation.
    pub(super) async fn run(&mut self, deadline: Instant) -> (End, Option<Closing>) {
        let mut answered = None;
        let mut closing = None;
        loop {
            tokio::select! {
                biased;
                signal = self.signals.recv() => match (signal, answered) {
                    (Some(Signal::Ready), Some(end)) => return (end, closing),
                    (Some(Signal::Answered(outcome, ends)), _) => {
                        closing = Some(ends);
                        answered = Some(match outcome {
                            Outcome::Complete => End::Answered,
                            Outcome::Failed => End::Failed,
                            Outcome::Truncated => self.truncated().await,
                        });
                        // Read while the process is still there.
                        let _ = self.process.peak_memory_mb();
                    }
                    (Some(Signal::Ready | Signal::InitError { .. }), _) => {}
                    // Happens only after the API is closed.
                    (None, _) => return (End::Exited(None), None),
                },
                status = self.process.exited() => {
                    let _ = timeout_at(deadline, self.heard_out()).await;
                    return (End::Exited(status.ok()), None);
                }
                () = sleep_until(deadline) => return (End::TimedOut, None),
            }
        }
    }

    /// What a process has sent before its end is still on its way to the caller.
    async fn heard_out(&mut self) {
        tokio::time::sleep(LAST_REQUEST).await;
        // Each end of an answer is a signal.
        while self.api.is_answering() && self.signals.recv().await.is_some() {}
    }

    /// The connection broke in the middle of an answer. A dead process is dealt with by `run`.
    async fn truncated(&mut self) -> End {
        if timeout(LAST_BREATH, self.process.exited()).await.is_err() {
            self.api.fail(FunctionError {
                error_type: FunctionError::TRUNCATED.to_owned(),
                error_message: "the runtime closed its connection before the end".to_owned(),
            });
        }
        End::Failed
    }

    /// Ends the process: first its connections, then itself; the caller learns why.
    pub(super) async fn end(&mut self, error: FunctionError) {
        let _ = self.process.peak_memory_mb();
        self.api.close().await;
        self.process.kill().await;
        self.api.fail(error);
        self.process.last_lines().await;
    }
}

/// Fails an answer in progress: its caller would take the silence for the end.
impl Drop for Sandbox {
    fn drop(&mut self) {
        self.api.fail(FunctionError {
            error_type: FunctionError::SANDBOX.to_owned(),
            error_message: "the execution environment was shut down".to_owned(),
        });
    }
}

impl StartError {
    pub(super) fn told_to(&self, request_id: &str, limit: Duration) -> FunctionError {
        let (error_type, message) = match self {
            // The function's own words.
            Self::Reported {
                error_type,
                message,
            } => {
                return FunctionError {
                    error_type: error_type.clone(),
                    error_message: message.clone(),
                };
            }
            Self::TimedOut => (FunctionError::TIMED_OUT, timeout_message(limit)),
            other => (other.error_type(), other.to_string()),
        };
        FunctionError {
            error_type: error_type.to_owned(),
            error_message: format!("RequestId: {request_id} Error: {message}"),
        }
    }

    pub(super) fn status(&self) -> Status<'_> {
        match self {
            Self::TimedOut => Status::Timeout,
            other => Status::Error {
                error_type: other.error_type(),
            },
        }
    }

    fn error_type(&self) -> &str {
        match self {
            Self::Unpack(_) | Self::Role | Self::Listen(_) => FunctionError::SANDBOX,
            Self::NoBootstrap | Self::Exec(_) => FunctionError::INVALID_ENTRYPOINT,
            Self::Exited(_) => FunctionError::EXIT,
            Self::Reported { error_type, .. } => error_type,
            Self::TimedOut => FunctionError::TIMED_OUT,
        }
    }
}
