//! Several streams at the same time in one process do not affect one another.

use std::sync::Arc;

use gateway::runtime;
use gateway::settings::Platform;
use tokio::sync::Semaphore;

use crate::in_process;
use crate::lambda::{Behaviour, RuntimeApi};
use crate::process::{AGENT, bootstrap, question, types};
use crate::upstream::Bedrock;

#[tokio::test]
async fn answers_several_at_once_where_lambda_allows_it() {
    let mut api = RuntimeApi::start().await;
    let bedrock = Bedrock::start().await;
    let settings = [AGENT, ("AWS_LAMBDA_MAX_CONCURRENCY", "2")];
    let _process = bootstrap(&api.address, &bedrock.endpoint, &settings);

    let mut one = api.invoke(question("one")).await;
    let mut call_one = bedrock.call().await;
    let mut two = api.invoke(question("two")).await;
    let mut call_two = bedrock.call().await;
    call_one.begin().await;
    call_two.begin().await;
    call_two.say(b"two").await;
    two.until("\"two\"").await;
    // One fails, and the other goes on.
    drop(call_two);
    assert_eq!(types(&two.whole().await).last().unwrap(), "error");
    call_one.say(b"one").await;
    call_one.end().await;
    let whole = one.whole().await;
    assert_eq!(types(&whole).last().unwrap(), "complete");
    assert!(!whole.contains("two"), "{whole}");
}

#[tokio::test]
async fn a_panic_and_a_failure_leave_the_streams_beside_them_whole() {
    const STREAMS: usize = 8;
    let mut api = RuntimeApi::start().await;
    let gate = Arc::new(Semaphore::new(0));
    let gateway = Arc::new(in_process::gateway(gate.clone(), |_| {}));
    let lambda = Arc::new(runtime::RuntimeApi::new(&platform(&api.address)).unwrap());
    let running = tokio::spawn(runtime::run(gateway, lambda, STREAMS));

    let mut streams = Vec::new();
    for number in 0..STREAMS {
        let does = ["waits", "panics", "waits", "fails"][number % 4];
        let asked = format!("{does} <{number}>");
        let mut answer = api.invoke(question(&asked)).await;
        // All have begun before the first of the waiting ones goes on.
        answer.until("first").await;
        streams.push((asked, does, answer));
    }
    for (_, does, answer) in &mut streams {
        if *does != "waits" {
            assert_eq!(
                types(&answer.whole().await).pop().unwrap(),
                "error",
                "{does}"
            );
        }
    }
    gate.add_permits(STREAMS);
    for (asked, _, mut answer) in streams.into_iter().filter(|(_, does, _)| *does == "waits") {
        let whole = answer.whole().await;
        assert_eq!(types(&whole).pop().unwrap(), "complete", "{whole}");
        assert_eq!(whole.matches('<').count(), 1, "{whole}");
        assert!(whole.contains(&asked), "{whole}");
    }

    // As many loops as before wait for the next events.
    for number in 0..STREAMS {
        let mut answer = api.invoke(question(&format!("waits <{number}>"))).await;
        answer.until("first").await;
    }
    running.abort();
}

#[tokio::test]
async fn what_panics_outside_of_an_answer_leaves_somebody_for_the_next() {
    let refusing = Behaviour {
        status: 413,
        ..Behaviour::default()
    };
    let mut api = RuntimeApi::with(refusing).await;
    let gateway = in_process::gateway(Arc::new(Semaphore::new(0)), |record| {
        let line = serde_json::to_string(record).unwrap();
        assert!(!line.contains("undelivered"), "{line}");
    });
    let lambda = Arc::new(runtime::RuntimeApi::new(&platform(&api.address)).unwrap());
    let running = tokio::spawn(runtime::run(Arc::new(gateway), lambda, 1));

    for _ in 0..3 {
        let mut answer = api.invoke(question("fails")).await;
        assert_eq!(types(&answer.whole().await).pop().unwrap(), "error");
    }
    running.abort();
}

fn platform(runtime_api: &str) -> Platform {
    let environment = |name: &str| match name {
        "AWS_LAMBDA_RUNTIME_API" => Some(runtime_api.to_owned()),
        "AWS_REGION" => Some("ap-northeast-1".to_owned()),
        "AWS_LAMBDA_MAX_CONCURRENCY" => Some("8".to_owned()),
        _ => None,
    };
    Platform::from_source(environment).unwrap()
}
