//! One execution environment: starts the real `bootstrap` of a deployment package, gives it one
//! event after the other, and ends it as Lambda would. Whatever happens to the process, every
//! caller gets an answer or an error.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;
use uuid::Uuid;

use super::identity::Identity;
use super::invocation::Work;
use super::options::InvokerOptions;
use super::pool::{Closing, Ticket};
use super::runtime_api::Event;
use crate::services::lambda::Executable;
use log::{Log, Metrics};
use sandbox::{Sandbox, StartError};

mod end;
mod log;
mod process;
mod sandbox;
mod task_root;
mod variables;

/// A function that is not ready by then is started anew, as part of its first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long an environment waits for another invocation. Lambda does not say; minutes is usual.
const IDLE_LIMIT: Duration = Duration::from_mins(5);

/// How long one process serves: its credentials end after twelve hours.
const LIFE_LIMIT: Duration = Duration::from_hours(11);

/// Runs an environment from its first invocation until it dies, is retired, or has been idle for long.
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
    /// One process from its start to its end. Returns work that came when the process was ending.
    async fn life(&self, first: Work) -> Option<Work> {
        let started = Instant::now();
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
            if started.elapsed() > LIFE_LIMIT {
                break;
            }
            let Some(mut next) = self.ticket.wait() else {
                break;
            };
            drop(closing);
            let given = tokio::select! {
                biased;
                given = &mut next => given.ok(),
                _ = sandbox.process.exited() => {
                    // Work that came at the last moment goes to another process.
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

fn epoch_ms(moment: SystemTime) -> u128 {
    moment
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}
