use std::time::SystemTime;

use futures_util::stream;

use super::*;
use crate::council::Council;
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

/// One letter a moment: Open, Start, Agent, Status, Chunk, Keep-alive, End or the failure's code.
async fn told(relay: &mut Relay) -> Vec<String> {
    let mut told = Vec::new();
    // More than any stream below, so that a relay that never ends fails instead of hanging.
    for _ in 0..64 {
        let Some(moment) = relay.next().await else {
            return told;
        };
        told.push(match moment {
            Moment::Open => "O".to_owned(),
            Moment::Start { .. } => "S".to_owned(),
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
            Moment::KeepAlive => "K".to_owned(),
            Moment::Complete { .. } => "E".to_owned(),
            Moment::Failed { failure, .. } => failure.code().to_owned(),
        });
    }
    panic!("the relay did not end: {told:?}");
}

#[tokio::test]
async fn opens_before_the_agent_is_asked() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mark = asked.clone();
    let events = stream::once(async move {
        mark.store(true, std::sync::atomic::Ordering::SeqCst);
        chunk("x")
    });
    let mut relay = relay(events, timing());

    assert_eq!(relay.next().await, Some(Moment::Open));
    assert!(matches!(relay.next().await, Some(Moment::Start { .. })));
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
        told(&mut relay).await,
        ["O", "S", "A", "s", "C1", "C2", "s", "E"]
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
        told(&mut relay(events, timing())).await,
        ["O", "S", "A", "s", "C1", "throttled"]
    );
}

#[tokio::test]
async fn an_agent_that_says_nothing_has_failed() {
    assert_eq!(
        told(&mut relay(stream::empty(), timing())).await,
        ["O", "S", "empty_answer"]
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
        told(&mut relay(events, timing)).await,
        ["O", "S", "A", "s", "C1", "K", "K", "K", "idle"]
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

    while let Some(moment) = relay.next().await
        && moment != Moment::KeepAlive
    {}

    assert_eq!(begun.elapsed().as_secs(), 3 * 9 + 10);
}

#[tokio::test(start_paused = true)]
async fn the_agent_does_not_pay_for_a_slow_client() {
    // Says something every ten seconds, as long as somebody takes it.
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
    let mut told = Vec::new();

    while let Some(moment) = relay.next().await {
        told.push(match moment {
            Moment::Event {
                event: Event::Chunk { content, .. },
                ..
            } => content,
            Moment::KeepAlive => "keep-alive".to_owned(),
            Moment::Failed { failure, .. } => failure.code().to_owned(),
            Moment::Complete { .. } => "complete".to_owned(),
            _ => continue,
        });
        // The client takes a minute for each.
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    assert_eq!(told, ["x", "y", "z", "complete"]);
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

    while let Some(moment) = {
        let since = Instant::now();
        let moment = relay.next().await;
        listened += since.elapsed();
        moment
    } {
        if let Moment::Failed { failure, .. } = moment {
            assert_eq!(failure, Failure::Idle);
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }

    assert_eq!(listened.as_secs(), 25);
    assert_eq!(begun.elapsed().as_secs(), 25 + 5 * 5);
}

#[tokio::test(start_paused = true)]
async fn ends_at_the_deadline_whether_the_agent_is_silent_or_busy() {
    let timing = Timing {
        deadline: Some(Instant::now() + Duration::from_secs(15)),
        ..timing()
    };
    assert_eq!(
        told(&mut relay(stream::pending(), timing)).await,
        ["O", "S", "K", "deadline"]
    );

    let busy = stream::repeat_with(|| chunk("x")).then(|item| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        item
    });
    let timing = Timing {
        deadline: Some(Instant::now() + Duration::from_secs(3)),
        ..timing
    };
    let told = told(&mut relay(busy, timing)).await;
    assert_eq!(
        told.last().map(String::as_str),
        Some("deadline"),
        "{told:?}"
    );
}

#[tokio::test]
async fn what_is_ready_can_be_taken_without_waiting() {
    let mut relay = relay(
        stream::iter([chunk("1"), chunk("2")]).chain(stream::pending()),
        timing(),
    );
    assert_eq!(relay.ready(), None, "nothing before `Open` and `Start`");
    relay.next().await;
    relay.next().await;

    let mut ready = Vec::new();
    while let Some(moment) = relay.ready() {
        ready.push(moment);
    }
    // An introduction, a status, two chunks.
    assert_eq!(ready.len(), 4);
}
