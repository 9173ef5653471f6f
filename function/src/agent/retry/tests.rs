use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use futures_util::{FutureExt as _, StreamExt as _};

use super::*;
use crate::agent::answer::{Answer, told};
use crate::council::Council;
use crate::event::Event;
use crate::relay::{Identity, Moment, Relay, Terms, Timing};
use crate::settings::TraceLevel;

const ALL: [u8; RETRIES] = [u8::MAX; RETRIES];

fn asking(patience: Patience) -> Ask {
    Ask {
        patience,
        ..Ask::default()
    }
}

/// How often the agent is called that answers so, call by call (the last one for ever), each after
/// `takes`; how it ends; and how long that takes.
async fn called(
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
            answer.map_err(AgentError::from)
        };
        answering.boxed()
    };
    let all: Vec<_> = calls(asking(patience), Box::new(open)).collect().await;
    let (last, before) = all.split_last().unwrap();
    assert!(before.iter().all(|called| matches!(called, Called::Again)));
    let end = match last {
        Called::Answered(()) => Ok(()),
        Called::Failed(error) => Err(error.failure),
        Called::Again => panic!("it did not end"),
    };
    (count.load(Ordering::SeqCst), end, begun.elapsed())
}

fn patient() -> Patience {
    Patience {
        deadline: None,
        jitter: ALL,
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_throttled_is_called_again_until_it_answers() {
    const THROTTLED: Result<(), Failure> = Err(Failure::Throttled);
    let at_once = Duration::ZERO;

    let (calls, end, took) = called(&[THROTTLED, THROTTLED, Ok(())], at_once, patient()).await;
    assert_eq!((calls, end), (3, Ok(())));
    assert_eq!(took.as_millis(), 250 + 500, "each wait is twice the last");

    let (calls, end, took) = called(&[THROTTLED], at_once, patient()).await;
    assert_eq!((calls, end), (3, THROTTLED), "and not a fourth time");
    assert_eq!(took.as_millis(), 750);
}

#[tokio::test(start_paused = true)]
async fn nothing_else_is_called_twice() {
    for failure in Failure::ALL {
        if failure != Failure::Throttled {
            let answers = [Err(failure), Ok(())];
            let (calls, end, _) = called(&answers, Duration::ZERO, patient()).await;
            assert_eq!((calls, end), (1, Err(failure)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_its_time_to_refuse_is_not_called_again() {
    let slow = Duration::from_secs(2);
    let (calls, end, _) = called(&[Err(Failure::Throttled)], slow, patient()).await;
    assert_eq!((calls, end), (2, Err(Failure::Throttled)));
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
fn nothing_is_called_again_without_the_time_to_answer() {
    let now = Instant::now();
    let wait = |left, waited| {
        let patience = Patience {
            deadline: Some(now + Duration::from_millis(left)),
            jitter: ALL,
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

/// What no call becomes here.
enum NoAnswer {}

impl Answer for NoAnswer {
    async fn more(&mut self, _: &mut VecDeque<Event>) -> Result<bool, AgentError> {
        match *self {}
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_is_kept_company_and_refusals_are_signs_of_life() {
    let open = |_| async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Err::<NoAnswer, _>(Failure::Throttled.into())
    };
    let agent = told(asking(patient()), open);
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
    let mut relay = Relay::new(agent, terms);
    let mut kept_alive = 0;
    let end = loop {
        match relay.next().await {
            Some(Moment::KeepAlive) => kept_alive += 1,
            Some(Moment::Failed { failure, .. }) => break failure,
            Some(Moment::Event { event, .. }) => panic!("{event:?} is for nobody"),
            Some(_) => {}
            None => panic!("no end"),
        }
    };

    assert_eq!(end, Failure::Throttled);
    assert_eq!(relay.totals().retries, 1);
    assert!(kept_alive >= 3, "{kept_alive}");
}
