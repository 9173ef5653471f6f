use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use futures_util::FutureExt as _;

use super::*;
use crate::council::Council;
use crate::relay::{Identity, Moment, Next, Relay, Terms, Timing};
use crate::settings::TraceLevel;

const LONGEST: [u8; RETRIES] = [u8::MAX; RETRIES];

fn ask(patience: Patience) -> Ask {
    Ask {
        patience,
        ..Ask::default()
    }
}

/// How often an agent is called whose calls end like `answers` (the last one for ever), each after
/// `takes`; how the last call ends; and how long all of it takes.
async fn calls(
    answers: &[Result<(), Failure>],
    takes: Duration,
    patience: Patience,
) -> (usize, Result<(), Failure>, Duration) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let begun = Instant::now();
    let answers = answers.to_vec();
    let open = move |_| {
        let call = counter.fetch_add(1, Ordering::SeqCst);
        let answer = answers[call.min(answers.len() - 1)];
        let answering = async move {
            tokio::time::sleep(takes).await;
            answer.map_err(AgentError::from)?;
            Ok(stream::empty().boxed())
        };
        answering.boxed()
    };
    let mut events = with_retries(ask(patience), Box::new(open));
    let mut retries = 0;
    let end = loop {
        match events.next().await {
            None => break Ok(()),
            Some(Err(error)) => break Err(error.failure),
            Some(Ok(event)) => assert_eq!(event, Event::Retried),
        }
        retries += 1;
    };
    let count = count.load(Ordering::SeqCst);
    assert_eq!(retries, count - 1, "each retry is an event");
    (count, end, begun.elapsed())
}

fn patient() -> Patience {
    Patience {
        deadline: None,
        jitter: LONGEST,
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_made_again_until_it_is_answered() {
    const THROTTLED: Result<(), Failure> = Err(Failure::Throttled);
    let at_once = Duration::ZERO;

    let (count, end, took) = calls(&[THROTTLED, THROTTLED, Ok(())], at_once, patient()).await;
    assert_eq!((count, end), (3, Ok(())));
    assert_eq!(took.as_millis(), 250 + 500, "each wait is twice the last");

    let (count, end, took) = calls(&[THROTTLED], at_once, patient()).await;
    assert_eq!((count, end), (3, THROTTLED), "and not a fourth time");
    assert_eq!(took.as_millis(), 750);
}

#[tokio::test(start_paused = true)]
async fn no_other_call_is_made_twice() {
    for &failure in Failure::ALL {
        if failure != Failure::Throttled {
            let answers = [Err(failure), Ok(())];
            let (count, end, _) = calls(&answers, Duration::ZERO, patient()).await;
            assert_eq!((count, end), (1, Err(failure)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_throttled_late_is_not_made_again() {
    let slow = Duration::from_secs(2);
    let (count, end, _) = calls(&[Err(Failure::Throttled)], slow, patient()).await;
    assert_eq!((count, end), (2, Err(Failure::Throttled)));
}

#[test]
fn waits_are_random_below_their_limits() {
    let now = Instant::now();
    let wait = |jitter, retry| {
        let jitter = [jitter; RETRIES];
        let deadline = None;
        let wait = Patience { deadline, jitter }.wait(retry, now, now);
        wait.map(|wait| wait.as_millis())
    };

    assert_eq!((wait(0, 0), wait(0, 1)), (Some(0), Some(0)));
    assert_eq!((wait(51, 0), wait(51, 1)), (Some(50), Some(100)));
    assert_eq!((wait(255, 0), wait(255, 1)), (Some(250), Some(500)));
    assert_eq!(wait(255, RETRIES), None);
    // Sixteen times the same two bytes: once in 10^72 runs.
    let drawn: std::collections::HashSet<_> = (0..16).map(|_| jitter()).collect();
    assert!(drawn.len() > 1, "{drawn:?}");
}

#[test]
fn no_call_is_made_again_without_time_to_answer() {
    let now = Instant::now();
    let wait = |left, waited| {
        let patience = Patience {
            deadline: Some(now + Duration::from_millis(left)),
            jitter: LONGEST,
        };
        patience.wait(0, now, now + Duration::from_millis(waited))
    };

    assert_eq!(wait(5249, 0), None);
    assert!(wait(5250, 0).is_some());
    assert_eq!(wait(5250, 1), None);
    assert_eq!(wait(0, 60_000), None, "the deadline is long past");
    assert!(wait(60_000, 2750).is_some());
    assert_eq!(wait(60_000, 2751), None, "three seconds are up");
}

#[tokio::test(start_paused = true)]
async fn the_client_is_kept_alive_and_each_retry_is_a_sign_of_life() {
    let open = |_| {
        let throttled = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Err(Failure::Throttled.into())
        };
        throttled.boxed()
    };
    let events = with_retries(ask(patient()), Box::new(open));
    let terms = Terms {
        identity: Identity {
            session_id: "s".to_owned(),
            request_id: "r".to_owned(),
            agent_id: "a".to_owned(),
        },
        timing: Timing {
            keep_alive: Duration::from_secs(1),
            // Less than all calls together take.
            idle_timeout: Duration::from_secs(3),
            deadline: None,
        },
        council: Council::new(Arc::default(), "a".to_owned()),
        trace: TraceLevel::Summary,
        clock: || SystemTime::UNIX_EPOCH,
    };
    let mut relay = Relay::new(events, terms);
    let mut kept_alive = 0;
    let end = loop {
        match relay.next().await {
            Some(Next::KeepAlive) => kept_alive += 1,
            Some(Next::Moment(Moment::Failed { failure, .. })) => break failure,
            Some(Next::Moment(Moment::Event { event, .. })) => panic!("{event:?} is for nobody"),
            Some(_) => {}
            None => panic!("no end"),
        }
    };

    assert_eq!(end, Failure::Throttled);
    assert_eq!(relay.totals().retries, 1);
    assert!(kept_alive >= 3, "{kept_alive}");
}
