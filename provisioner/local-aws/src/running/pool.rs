//! The idle environments, and the tasks of all environments.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::invocation::Work;
use crate::services::lambda::Executable;

/// Environments with the same key and the same revision can replace each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    function_name: String,
    version: String,
}

impl Key {
    pub(super) fn of(executable: &Executable) -> Self {
        Self {
            function_name: executable.function_name.clone(),
            version: executable.version.clone(),
        }
    }
}

/// An environment that waits. Dropping it ends the environment.
#[derive(Debug)]
struct Idle {
    revision_id: String,
    work: oneshot::Sender<Work>,
}

#[derive(Debug, Default)]
struct State {
    idle: HashMap<Key, Vec<Idle>>,
    /// Environments whose answer is out and that are about to wait again.
    closing: HashMap<Key, usize>,
    /// How often a function's environments were retired.
    retired: HashMap<String, u64>,
    tasks: JoinSet<()>,
    closed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Pool {
    state: Mutex<State>,
    /// An environment has closed.
    closed: Notify,
}

/// How long to wait for an environment that is about to wait again, rather than start another.
/// Requests that follow each other closely would otherwise meet cold starts by chance. It takes
/// microseconds, and long only where the function gets no turn on a busy machine.
const CLOSING: Duration = Duration::from_secs(1);

/// An environment's right to come back to the pool.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pool: Arc<Pool>,
    key: Key,
    revision_id: String,
    generation: u64,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives work to an environment that waits, or is about to. Gives the work back when there is
    /// none.
    pub(super) async fn hand_over(
        &self,
        key: &Key,
        revision_id: &str,
        work: Work,
    ) -> Result<(), Work> {
        let deadline = Instant::now() + CLOSING;
        let mut work = work;
        loop {
            let closed = self.closed.notified();
            let any_closing;
            (work, any_closing) = match self.lock().hand_over(key, revision_id, work) {
                Ok(()) => return Ok(()),
                Err(unused) => unused,
            };
            if !any_closing || timeout_at(deadline, closed).await.is_err() {
                return Err(work);
            }
        }
    }

    pub(super) fn ticket(self: &Arc<Self>, key: Key, revision_id: String) -> Ticket {
        let generation = self.lock().generation(&key.function_name);
        Ticket {
            pool: Arc::clone(self),
            key,
            revision_id,
            generation,
        }
    }

    /// Runs an environment until it ends or the pool is shut down.
    pub(super) fn start(&self, life: impl Future<Output = ()> + Send + 'static) {
        let mut state = self.lock();
        if !state.closed {
            while state.tasks.try_join_next().is_some() {}
            state.tasks.spawn(life);
        }
    }

    pub(super) fn retire(&self, function_name: &str) {
        let mut state = self.lock();
        *state.retired.entry(function_name.to_owned()).or_default() += 1;
        state
            .idle
            .retain(|key, _| key.function_name != function_name);
    }

    pub(super) async fn shutdown(&self) {
        let mut tasks = {
            let mut state = self.lock();
            state.closed = true;
            state.idle.clear();
            std::mem::take(&mut state.tasks)
        };
        tasks.shutdown().await;
    }
}

impl State {
    /// Gives work to a waiting environment, the one that waits the shortest: the others may then
    /// grow old and end. Gives the work back when there is none, and whether one is about to wait.
    fn hand_over(&mut self, key: &Key, revision_id: &str, work: Work) -> Result<(), (Work, bool)> {
        let mut work = work;
        if let Some(idle) = self.idle.get_mut(key) {
            idle.retain(|environment| environment.revision_id == revision_id);
            while let Some(environment) = idle.pop() {
                match environment.work.send(work) {
                    Ok(()) => return Ok(()),
                    // It has just ended by itself.
                    Err(unused) => work = unused,
                }
            }
        }
        Err((work, self.closing.contains_key(key)))
    }

    fn generation(&self, function_name: &str) -> u64 {
        self.retired.get(function_name).copied().unwrap_or_default()
    }
}

impl Ticket {
    /// Takes a place in the pool. The receiver gets work, or is closed when this environment is retired;
    /// `None` if it has been retired already.
    pub(crate) fn wait(&self) -> Option<oneshot::Receiver<Work>> {
        let mut state = self.pool.lock();
        if state.closed || state.generation(&self.key.function_name) != self.generation {
            return None;
        }
        let (work, next) = oneshot::channel();
        let idle = state.idle.entry(self.key.clone()).or_default();
        idle.retain(|environment| !environment.work.is_closed());
        idle.push(Idle {
            revision_id: self.revision_id.clone(),
            work,
        });
        Some(next)
    }
}

impl Ticket {
    /// The answer is out: this environment is about to wait again.
    pub(crate) fn closing(&self) -> Closing {
        *self
            .pool
            .lock()
            .closing
            .entry(self.key.clone())
            .or_default() += 1;
        Closing {
            pool: Arc::clone(&self.pool),
            key: self.key.clone(),
        }
    }
}

/// An environment is about to wait again, until this is dropped.
#[derive(Debug)]
pub(crate) struct Closing {
    pool: Arc<Pool>,
    key: Key,
}

impl Drop for Closing {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        if let Some(count) = state.closing.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                state.closing.remove(&self.key);
            }
        }
        drop(state);
        self.pool.closed.notify_waiters();
    }
}

#[cfg(test)]
impl Ticket {
    /// For an environment that is in no pool.
    pub(crate) fn of_nobody() -> Self {
        let key = Key {
            function_name: String::new(),
            version: String::new(),
        };
        Arc::<Pool>::default().ticket(key, String::new())
    }
}

#[cfg(test)]
mod tests;
