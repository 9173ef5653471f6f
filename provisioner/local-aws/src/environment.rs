//! One execution environment: starts the real `bootstrap` of a deployment package, gives it one
//! event after the other, and ends it as Lambda would. Whatever happens to the process, every
//! caller gets an answer or an error.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use super::invoker::{
    Answer, Closing, Executable, FunctionError, Identity, InvokerOptions, Ticket,
};
use super::runtime_api::Event;
use log::{Log, Metrics, Status};
use sandbox::{Sandbox, StartError};

mod log;
mod process;
mod sandbox;
mod task_root;
mod variables;

/// A function that is not ready by then is started anew, as part of its first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long an environment waits for another invocation. Lambda does not say; minutes is usual.
const IDLE_LIMIT: Duration = Duration::from_mins(5);

/// One invocation.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) identity: Identity,
    pub(crate) invoked_arn: String,
    pub(crate) event: Bytes,
    pub(crate) reply: oneshot::Sender<Result<Answer, FunctionError>>,
}

/// Lives from its first invocation until it dies, is retired, or has waited in vain.
pub(crate) async fn live(
    executable: Arc<Executable>,
    options: Arc<InvokerOptions>,
    work: Work,
    ticket: Ticket,
) {
    let environment = Environment {
        executable,
        options,
        ticket,
    };
    let mut work = Some(work);
    while let Some(next) = work {
        work = environment.life(next).await;
    }
}

#[derive(Debug)]
struct Environment {
    executable: Arc<Executable>,
    options: Arc<InvokerOptions>,
    ticket: Ticket,
}

impl Environment {
    /// One process from its start to its end. What it was given too late is given back.
    async fn life(&self, first: Work) -> Option<Work> {
        let log = Log::new(&self.executable, self.options.logs.clone());
        let mut begun = Instant::now();
        let mut sandbox = match self.init(&log, &mut begun).await {
            Ok(sandbox) => sandbox,
            Err(error) => {
                self.report_failed_init(&log, &first.identity, begun, &error);
                let error = error.told_to(&first.identity.request_id, self.executable.timeout);
                // A caller who has left does not need it.
                let _ = first.reply.send(Err(error));
                return None;
            }
        };
        let mut work = first;
        loop {
            let closing = self.serve(&mut sandbox, &log, work, begun).await?;
            let Some(mut next) = self.ticket.wait() else {
                break;
            };
            drop(closing);
            let given = tokio::select! {
                biased;
                given = &mut next => given.ok(),
                _ = sandbox.process.exited() => {
                    // Whoever came at the last moment gets another process.
                    next.close();
                    return next.try_recv().ok();
                }
                () = tokio::time::sleep(IDLE_LIMIT) => {
                    next.close();
                    next.try_recv().ok()
                }
            };
            let Some(given) = given else {
                break;
            };
            work = given;
            begun = Instant::now();
            sandbox.init_duration = None;
        }
        sandbox.process.kill().await;
        None
    }

    /// Starts the process. If that takes too long or fails, it is tried once more at the expense of
    /// the invocation, whose time begins there.
    async fn init(&self, log: &Log, begun: &mut Instant) -> Result<Sandbox, StartError> {
        log.init_start(&self.executable);
        let error = match self.start(log, INIT_LIMIT).await {
            Ok(sandbox) => {
                *begun = Instant::now();
                return Ok(sandbox);
            }
            Err(error) => error,
        };
        log.init_report(begun.elapsed(), error.status());
        *begun = Instant::now();
        self.start(log, self.executable.timeout).await
    }

    async fn start(&self, log: &Log, limit: Duration) -> Result<Sandbox, StartError> {
        Sandbox::start(
            &self.executable,
            &self.options,
            self.ticket.clone(),
            log,
            limit,
        )
        .await
    }

    /// One invocation. `None` if the process cannot take another.
    async fn serve(
        &self,
        sandbox: &mut Sandbox,
        log: &Log,
        work: Work,
        begun: Instant,
    ) -> Option<Option<Closing>> {
        let request_id = work.identity.request_id.clone();
        let left = self.executable.timeout.saturating_sub(begun.elapsed());
        log.start(&request_id, &self.executable.version);
        let event = Event {
            request_id: request_id.clone(),
            invocation_id: Uuid::new_v4().to_string(),
            trace_id: work.identity.trace_id.for_function(Uuid::new_v4()),
            invoked_arn: work.invoked_arn,
            deadline_ms: epoch_ms(SystemTime::now() + left),
            payload: work.event,
        };
        sandbox.api.offer(event, work.reply);
        let (end, closing) = sandbox.run(Instant::now() + left).await;
        let error = end.error(&request_id, self.executable.timeout);
        if let Some(error) = &error {
            sandbox.end(error.clone()).await;
        }
        let metrics = Metrics {
            duration: begun.elapsed(),
            init_duration: sandbox.init_duration,
            memory_mb: self.executable.memory_mb,
            max_memory_used_mb: sandbox.process.peak_memory_mb(),
        };
        log.report(&request_id, metrics, end.status());
        error.is_none().then_some(closing)
    }

    fn report_failed_init(
        &self,
        log: &Log,
        identity: &Identity,
        begun: Instant,
        error: &StartError,
    ) {
        let metrics = Metrics {
            duration: begun.elapsed(),
            init_duration: None,
            memory_mb: self.executable.memory_mb,
            max_memory_used_mb: None,
        };
        log.start(&identity.request_id, &self.executable.version);
        log.report(&identity.request_id, metrics, error.status());
    }
}

/// How one invocation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The function answered and asks for more.
    Answered,
    /// The function reported an error and asks for more.
    Failed,
    Exited(Option<ExitStatus>),
    TimedOut,
}

impl End {
    /// What killed the process, told as Lambda tells it.
    fn error(self, request_id: &str, timeout: Duration) -> Option<FunctionError> {
        let (error_type, message) = match self {
            Self::Answered | Self::Failed => return None,
            Self::Exited(status) => (FunctionError::EXIT, exit_message(status)),
            Self::TimedOut => (FunctionError::TIMED_OUT, timeout_message(timeout)),
        };
        Some(FunctionError {
            error_type: error_type.to_owned(),
            error_message: format!("RequestId: {request_id} Error: {message}"),
        })
    }

    fn status(self) -> Status<'static> {
        match self {
            Self::Answered => Status::Success,
            Self::Failed => Status::Error {
                error_type: "Function.Error",
            },
            Self::Exited(_) => Status::Error {
                error_type: FunctionError::EXIT,
            },
            Self::TimedOut => Status::Timeout,
        }
    }
}

fn exit_message(status: Option<ExitStatus>) -> String {
    let mut message = "Runtime exited".to_owned();
    let reason = status.map(|status| (status.code(), status.signal()));
    // Writing to a string cannot fail.
    let _ = match reason {
        Some((Some(code), _)) if code != 0 => write!(message, " with error: exit status {code}"),
        Some((_, Some(9))) => write!(message, " with error: signal: killed"),
        Some((_, Some(signal))) => write!(message, " with error: signal {signal}"),
        _ => write!(message, " without providing a reason"),
    };
    message
}

fn timeout_message(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

fn epoch_ms(moment: SystemTime) -> u128 {
    moment
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_lambdas_words() {
        let told = |end: End| {
            let error = end.error("r-1", Duration::from_secs(3));
            error.map(|error| format!("{} / {}", error.error_type, error.error_message))
        };
        let exited = |raw| End::Exited(Some(ExitStatus::from_raw(raw)));

        for (end, words) in [
            (
                exited(1 << 8),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited with error: exit status 1",
            ),
            (
                exited(0),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited without providing a reason",
            ),
            (
                exited(9),
                "Runtime.ExitError / RequestId: r-1 Error: Runtime exited with error: signal: killed",
            ),
            (
                End::TimedOut,
                "Sandbox.Timedout / RequestId: r-1 Error: Task timed out after 3.00 seconds",
            ),
        ] {
            assert_eq!(told(end).as_deref(), Some(words));
        }
        assert_eq!(told(End::Answered), None);
        assert_eq!(told(End::Failed), None);
    }
}
