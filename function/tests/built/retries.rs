//! A call is made again only before a run has begun, because a run costs money and acts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::lambda::{Behaviour, RuntimeApi};
use crate::process::{Running, events, question, types};
use crate::upstream::refusal;

/// The client's answer, the number of calls of the agent, and the line in the log.
struct Asked {
    whole: String,
    calls: usize,
    line: Value,
}

impl Asked {
    fn end(&self) -> Value {
        events(&self.whole).pop().unwrap()
    }
}

const LONG: Duration = Duration::from_secs(600);

async fn ask(
    kind: Kind,
    timeout: Duration,
    answer: impl Fn(usize) -> Vec<u8> + Send + 'static,
) -> Asked {
    let api = RuntimeApi::with(Behaviour {
        timeout,
        ..Behaviour::default()
    })
    .await;
    let mut running = Running::on(api, &[kind.settings()]).await;
    let calls = running.bedrock.answer_all(answer);
    let whole = running.api.invoke(question("q")).await.whole().await;
    let log = running.log().await;
    Asked {
        whole,
        calls: calls.so_far(),
        line: serde_json::from_str(&log).unwrap(),
    }
}

fn throttled() -> Vec<u8> {
    refusal(429, "ThrottlingException", r#"{"message":"Rate exceeded"}"#)
}

#[tokio::test]
async fn throttled_twice_and_then_answered_is_one_whole_answer() {
    for kind in Kind::ALL {
        let asked = ask(kind, LONG, move |call| match call {
            1 | 2 => throttled(),
            _ => kind.answer("賛成", None),
        })
        .await;

        assert_eq!(asked.calls, 3, "{kind:?}");
        let types = types(&asked.whole);
        let count = |kind| types.iter().filter(|known| *known == kind).count();
        assert_eq!(
            (count("chunk"), count("complete"), count("error")),
            (1, 1, 0),
            "{types:?}"
        );
        assert_eq!(asked.line["retries"], 2);
        assert_eq!(asked.line["outcome"], "complete");
    }
}

#[tokio::test]
async fn throttled_for_ever_is_one_error_after_three_calls() {
    for kind in Kind::ALL {
        let asked = ask(kind, LONG, |_| throttled()).await;

        assert_eq!(asked.calls, 3, "{kind:?}");
        assert_eq!(types(&asked.whole), ["start", "error"]);
        assert_eq!(asked.end()["error"], "throttled");
        assert_eq!(
            (&asked.line["retries"], &asked.line["chunks"]),
            (&json!(2), &json!(0))
        );
    }
}

#[tokio::test]
async fn whoever_throttles_without_a_known_name_is_asked_again_too() {
    let nameless = |_| refusal(429, "", "<html>slow down</html>");
    let asked = ask(Kind::AgentcoreRuntime, LONG, nameless).await;

    assert_eq!(
        (asked.calls, asked.end()["error"].clone()),
        (3, json!("throttled"))
    );
}

#[tokio::test]
async fn nothing_else_is_asked_again() {
    for kind in Kind::ALL {
        for (status, code) in [
            (500, "InternalServerException"),
            (503, "ServiceUnavailableException"),
            (502, ""),
            (402, "ServiceQuotaExceededException"),
            (409, "ConflictException"),
            // This comes from the agent's own program, so a run has begun.
            (429, "RuntimeClientError"),
        ] {
            let asked = ask(kind, LONG, move |_| refusal(status, code, "{}")).await;

            assert_eq!(asked.calls, 1, "{kind:?} {status} {code}");
            assert_eq!(types(&asked.whole), ["start", "error"]);
            assert_eq!(asked.line["retries"], 0);
        }
        // Closes the connection without an answer.
        let asked = ask(kind, LONG, |_| Vec::new()).await;
        assert_eq!(
            (asked.calls, asked.end()["error"].clone()),
            (1, json!("connection_lost"))
        );
    }
}

/// While Lambda has the function frozen, the other side may forget a connection without a word.
#[tokio::test]
async fn a_connection_that_was_forgotten_between_two_questions_costs_no_answer() {
    for kind in Kind::ALL {
        let mut running = Running::start(&[kind.settings()]).await;
        let (mut first, call) = running.ask("one").await;
        // The agent leaves the connection open, and answers nothing more on it.
        let forgotten = call
            .answer_and_stay(kind.content_type(), &kind.said("yes"))
            .await;
        first.whole().await;

        let (mut second, mut call) = running.ask("two").await;
        call.begin_as(kind.content_type()).await;
        call.raw(&kind.said("again")).await;
        call.end().await;

        let whole = second.whole().await;
        assert_eq!(
            types(&whole).pop().unwrap(),
            "complete",
            "{kind:?}: {whole}"
        );
        assert!(whole.contains("again"), "{whole}");
        drop(forgotten);
    }
}

#[tokio::test]
async fn a_run_that_is_throttled_midway_is_not_begun_again() {
    for kind in Kind::ALL {
        let failure =
            json!({"error": "Rate exceeded", "error_type": "ThrottlingException", "message": "m"});
        let asked = ask(kind, LONG, move |_| kind.answer("賛", Some(&failure))).await;

        assert_eq!(asked.calls, 1, "{kind:?}");
        assert_eq!(types(&asked.whole).last().unwrap(), "error");
        assert_eq!(asked.end()["chunkCount"], 1);
        assert_eq!(asked.line["retries"], 0);
    }
}

#[tokio::test]
async fn without_the_time_to_answer_nothing_is_asked_again() {
    let asked = ask(Kind::BedrockAgent, Duration::from_secs(5), |_| throttled()).await;

    assert_eq!(
        (asked.calls, asked.end()["error"].clone()),
        (1, json!("throttled"))
    );
}
