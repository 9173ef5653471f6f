use bytes::Bytes;

use super::*;
use crate::running::identity::Identity;

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
    assert!(pool.hand_over(&key("1"), "a", work()).await.is_err());

    let same = waiting(&pool, "1", "a");
    assert!(pool.hand_over(&key("2"), "a", work()).await.is_err());
    assert!(pool.hand_over(&key("1"), "a", work()).await.is_ok());
    assert!(same.await.is_ok());
}

#[tokio::test]
async fn work_waits_a_moment_for_an_environment_that_is_about_to_wait() {
    let pool = Arc::<Pool>::default();
    let ticket = pool.ticket(key("1"), "a".to_owned());
    let closing = ticket.closing();
    let later = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.hand_over(&key("1"), "a", work()).await.is_ok() })
    };
    tokio::task::yield_now().await;

    let next = ticket.wait().unwrap();
    drop(closing);

    assert!(later.await.unwrap());
    assert!(next.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn work_does_not_wait_for_an_environment_that_takes_long_or_dies() {
    let pool = Arc::<Pool>::default();
    let ticket = pool.ticket(key("1"), "a".to_owned());
    let closing = ticket.closing();
    let begun = Instant::now();

    assert!(pool.hand_over(&key("1"), "a", work()).await.is_err());
    assert_eq!(begun.elapsed(), CLOSING);
    drop(closing);
    assert!(pool.hand_over(&key("1"), "a", work()).await.is_err());
    assert_eq!(begun.elapsed(), CLOSING);
}

#[tokio::test]
async fn an_older_revision_is_ended_when_a_newer_one_is_invoked() {
    let pool = Arc::<Pool>::default();
    let old = waiting(&pool, "1", "a");

    assert!(pool.hand_over(&key("1"), "b", work()).await.is_err());
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
    assert!(pool.hand_over(&key("1"), "a", work()).await.is_ok());
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
