use std::time::{Duration, SystemTime};

use futures_util::stream;

use super::*;
use crate::council::Council;
use crate::event::Usage;
use crate::settings::TraceLevel;

fn timing() -> Timing {
    Timing {
        keep_alive: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(120),
        deadline: None,
    }
}

fn relay(
    events: impl futures_util::Stream<Item = Result<Event, AgentError>> + Send + 'static,
    timing: Timing,
) -> Relay {
    let identity = Identity {
        session_id: "s".to_owned(),
        request_id: "r".to_owned(),
        agent_id: "a".to_owned(),
    };
    let terms = Terms {
        identity,
        timing,
        council: Council::new(std::sync::Arc::default(), "a".to_owned()),
        trace: TraceLevel::Summary,
        clock: || SystemTime::UNIX_EPOCH,
    };
    Relay::new(events.boxed(), terms)
}

#[expect(clippy::unnecessary_wraps, reason = "an item of an agent's stream")]
fn chunk(content: &str) -> Result<Event, AgentError> {
    Ok(Event::Chunk {
        agent: "a".to_owned(),
        content: content.to_owned(),
    })
}

/// One letter for all that comes next: Start, Agent, status, Chunk, Keep-alive, End or the failure's
/// code.
async fn letters(relay: &mut Relay) -> Vec<String> {
    let mut letters = Vec::new();
    // More than any stream below, so that a relay that never ends fails instead of hanging.
    for _ in 0..200 {
        let moment = match relay.next().await {
            Some(Next::Moment(moment)) => moment,
            Some(Next::KeepAlive) => {
                letters.push("K".to_owned());
                continue;
            }
            None => return letters,
        };
        letters.push(match moment {
            Moment::Start(_) => "S".to_owned(),
            Moment::Event {
                event: Event::Chunk { .. },
                chunk_number,
                ..
            } => format!("C{chunk_number}"),
            Moment::Event {
                event: Event::Agent(_),
                ..
            } => "A".to_owned(),
            Moment::Event { .. } => "s".to_owned(),
            Moment::Complete { .. } => "E".to_owned(),
            Moment::Failed { failure, .. } => failure.code().to_owned(),
        });
    }
    panic!("the relay did not end: {letters:?}");
}

#[tokio::test]
async fn starts_before_the_agent_is_asked() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mark = asked.clone();
    let events = stream::once(async move {
        mark.store(true, std::sync::atomic::Ordering::SeqCst);
        chunk("x")
    });
    let mut relay = relay(events, timing());

    let start = relay.next().await;
    assert!(matches!(start, Some(Next::Moment(Moment::Start(_)))));
    assert!(!asked.load(std::sync::atomic::Ordering::SeqCst));
    relay.next().await;
    assert!(asked.load(std::sync::atomic::Ordering::SeqCst));
}

#[tokio::test]
async fn a_whole_answer_is_numbered_summed_and_completed_once() {
    let usage = |input_tokens, output_tokens| {
        Ok(Event::Usage {
            agent: "a".to_owned(),
            usage: Usage {
                input_tokens,
                output_tokens,
            },
        })
    };
    let mut relay = relay(
        stream::iter([usage(1, 2), chunk("賛"), usage(3, 4), chunk("成")]),
        timing(),
    );

    assert_eq!(
        letters(&mut relay).await,
        ["S", "A", "s", "C1", "C2", "s", "E"]
    );
    let totals = relay.totals();
    assert_eq!((totals.chunks, totals.bytes), (2, 6));
    assert_eq!(
        (totals.usage.input_tokens, totals.usage.output_tokens),
        (4, 6)
    );
    assert!(
        relay
            .outcome()
            .is_some_and(|outcome| outcome.failure.is_none())
    );
    assert_eq!(relay.next().await, None);
    assert_eq!(relay.fail(Failure::Internal.into()), None, "it has ended");
}

#[tokio::test]
async fn ends_with_the_failure_and_nothing_after_it() {
    let events = stream::iter([chunk("x"), Err(Failure::Throttled.into()), chunk("late")]);

    assert_eq!(
        letters(&mut relay(events, timing())).await,
        ["S", "A", "s", "C1", "throttled"]
    );
}

#[tokio::test]
async fn an_agent_that_says_nothing_has_failed() {
    assert_eq!(
        letters(&mut relay(stream::empty(), timing())).await,
        ["S", "empty_answer"]
    );
}

#[tokio::test(start_paused = true)]
async fn keeps_a_silent_stream_alive_until_the_agent_is_given_up() {
    let events = stream::iter([chunk("x")]).chain(stream::pending());
    let timing = Timing {
        idle_timeout: Duration::from_secs(35),
        ..timing()
    };

    assert_eq!(
        letters(&mut relay(events, timing)).await,
        ["S", "A", "s", "C1", "K", "K", "K", "idle"]
    );
}

#[tokio::test(start_paused = true)]
async fn keeps_alive_only_after_the_last_thing_that_was_said() {
    let events = stream::iter(["x", "y", "z"]).then(|word| async move {
        tokio::time::sleep(Duration::from_secs(9)).await;
        chunk(word)
    });
    let mut relay = relay(events.chain(stream::pending()), timing());
    let begun = Instant::now();

    while let Some(next) = relay.next().await
        && next != Next::KeepAlive
    {}

    assert_eq!(begun.elapsed().as_secs(), 3 * 9 + 10);
}

#[tokio::test(start_paused = true)]
async fn the_agent_does_not_pay_for_a_slow_client() {
    // Says something every ten seconds, while it is being read.
    let events = stream::iter(["x", "y", "z"]).then(|word| async move {
        tokio::time::sleep(Duration::from_secs(10)).await;
        chunk(word)
    });
    let timing = Timing {
        idle_timeout: Duration::from_secs(35),
        keep_alive: Duration::from_secs(30),
        ..timing()
    };
    let mut relay = relay(events, timing);
    let mut words = Vec::new();

    while let Some(next) = relay.next().await {
        words.push(match next {
            Next::Moment(Moment::Event {
                event: Event::Chunk { content, .. },
                ..
            }) => content,
            Next::KeepAlive => "keep-alive".to_owned(),
            Next::Moment(Moment::Failed { failure, .. }) => failure.code().to_owned(),
            Next::Moment(Moment::Complete { .. }) => "complete".to_owned(),
            Next::Moment(_) => continue,
        });
        // The client needs a minute for each moment.
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    assert_eq!(words, ["x", "y", "z", "complete"]);
}

#[tokio::test(start_paused = true)]
async fn silence_adds_up_over_the_keep_alives_in_between() {
    let timing = Timing {
        idle_timeout: Duration::from_secs(25),
        ..timing()
    };
    let mut relay = relay(stream::pending(), timing);
    let begun = Instant::now();
    let mut listened = Duration::ZERO;

    while let Some(next) = {
        let since = Instant::now();
        let next = relay.next().await;
        listened += since.elapsed();
        next
    } {
        assert!(begun.elapsed().as_secs() < 3600, "the relay does not end");
        if let Next::Moment(Moment::Failed { failure, .. }) = next {
            assert_eq!(failure, Failure::Idle);
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }

    assert_eq!(listened.as_secs(), 25);
    // `Start`, two keep-alives, the end.
    assert_eq!(begun.elapsed().as_secs(), 25 + 4 * 5);
}

#[tokio::test(start_paused = true)]
async fn ends_at_the_deadline_whether_the_agent_is_silent_or_busy() {
    let timing = Timing {
        deadline: Some(Instant::now() + Duration::from_secs(15)),
        ..timing()
    };
    assert_eq!(
        letters(&mut relay(stream::pending(), timing)).await,
        ["S", "K", "deadline"]
    );

    let busy = stream::repeat_with(|| chunk("x")).then(|item| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        item
    });
    let timing = Timing {
        deadline: Some(Instant::now() + Duration::from_secs(3)),
        ..timing
    };
    let letters = letters(&mut relay(busy, timing)).await;
    assert_eq!(
        letters.last().map(String::as_str),
        Some("deadline"),
        "{letters:?}"
    );
}

#[tokio::test]
async fn what_is_ready_can_be_taken_without_waiting() {
    let mut relay = relay(
        stream::iter([chunk("1"), chunk("2")]).chain(stream::pending()),
        timing(),
    );
    assert_eq!(relay.ready(), None, "nothing before `Start`");
    relay.next().await;

    let mut ready = Vec::new();
    while let Some(moment) = relay.ready() {
        ready.push(moment);
    }
    // An introduction, a status, two chunks.
    assert_eq!(ready.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn bytes_without_a_meaning_keep_a_silent_agent_alive() {
    let pulse = Pulse::default();
    let beating = pulse.clone();
    let silent = stream::once(async move {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_secs(60)).await;
            beating.beat();
        }
        tokio::time::sleep(Duration::from_secs(600)).await;
        chunk("too late")
    });
    let begun = Instant::now();
    let mut relay = relay(silent, timing()).with_pulse(pulse);

    let told = letters(&mut relay).await;

    assert_eq!(told.last().map(String::as_str), Some("idle"), "{told:?}");
    assert!(told.iter().all(|letter| !letter.starts_with('C')));
    // The last bytes, and two minutes of silence after them.
    assert_eq!(begun.elapsed(), Duration::from_secs(20 * 60 + 120));
}
