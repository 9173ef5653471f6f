//! The environments that wait for an invocation, and the tasks of all that live.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::Executable;
use crate::local::environment::Work;

/// Which environments can stand in for each other, as long as the revision is the same.
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
    /// How often a function's environments were retired.
    retired: HashMap<String, u64>,
    tasks: JoinSet<()>,
    closed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Pool {
    state: Mutex<State>,
}

/// An environment's right to come back to the pool.
#[derive(Debug)]
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

    /// Gives work to a waiting environment, the one that waits the shortest: the others may then
    /// grow old and end. Gives the work back when there is none.
    pub(super) fn hand_over(&self, key: &Key, revision_id: &str, work: Work) -> Result<(), Work> {
        let mut state = self.lock();
        let Some(idle) = state.idle.get_mut(key) else {
            return Err(work);
        };
        idle.retain(|environment| environment.revision_id == revision_id);
        let mut work = work;
        while let Some(environment) = idle.pop() {
            match environment.work.send(work) {
                Ok(()) => return Ok(()),
                // It has just ended by itself.
                Err(unused) => work = unused,
            }
        }
        Err(work)
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
    fn generation(&self, function_name: &str) -> u64 {
        self.retired.get(function_name).copied().unwrap_or_default()
    }
}

impl Ticket {
    /// Takes a place in the pool; work comes through it, or its end when this environment is no
    /// longer wanted. `None` when it is not wanted already.
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::Identity;
    use super::*;

    fn key(version: &str) -> Key {
        Key {
            function_name: "magi".to_owned(),
            version: version.to_owned(),
        }
    }

    fn work() -> Work {
        Work {
            identity: Identity::new(),
            invoked_arn: String::new(),
            event: Bytes::new(),
            reply: oneshot::channel().0,
        }
    }

    fn waiting(pool: &Arc<Pool>, version: &str, revision: &str) -> oneshot::Receiver<Work> {
        let ticket = pool.ticket(key(version), revision.to_owned());
        ticket.wait().expect("a fresh environment is wanted")
    }

    #[tokio::test]
    async fn work_goes_to_a_waiting_environment_of_the_same_revision() {
        let pool = Arc::<Pool>::default();
        assert!(pool.hand_over(&key("1"), "a", work()).is_err());

        let same = waiting(&pool, "1", "a");
        assert!(pool.hand_over(&key("2"), "a", work()).is_err());
        assert!(pool.hand_over(&key("1"), "a", work()).is_ok());
        assert!(same.await.is_ok());
    }

    #[tokio::test]
    async fn an_older_revision_is_ended_when_a_newer_one_is_invoked() {
        let pool = Arc::<Pool>::default();
        let old = waiting(&pool, "1", "a");

        assert!(pool.hand_over(&key("1"), "b", work()).is_err());
        assert!(old.await.is_err());
    }

    #[tokio::test]
    async fn retiring_ends_the_idle_now_and_the_busy_when_they_come_back() {
        let pool = Arc::<Pool>::default();
        let busy = pool.ticket(key("1"), "a".to_owned());
        let idle = waiting(&pool, "1", "a");

        pool.retire("magi");

        assert!(idle.await.is_err());
        assert!(busy.wait().is_none());
        // One that starts afterwards is welcome.
        let fresh = waiting(&pool, "1", "a");
        assert!(pool.hand_over(&key("1"), "a", work()).is_ok());
        assert!(fresh.await.is_ok());
    }

    #[tokio::test]
    async fn after_the_shutdown_nothing_waits_and_nothing_starts() {
        let pool = Arc::<Pool>::default();
        let idle = waiting(&pool, "1", "a");
        let (alive, ended) = oneshot::channel::<()>();
        pool.start(async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        });

        pool.shutdown().await;

        assert!(ended.await.is_err());
        assert!(idle.await.is_err());
        assert!(pool.ticket(key("1"), "a".to_owned()).wait().is_none());
        let (late, dropped) = oneshot::channel::<()>();
        pool.start(async move { late.send(()).unwrap_or_default() });
        assert!(dropped.await.is_err());
    }
}
