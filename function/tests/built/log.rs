//! The one line per request that a process leaves behind, and the metrics in it.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::lambda::{Behaviour, RuntimeApi, X_RAY};
use crate::process::{AGENT, AGENTS_SESSION, Running, question};

/// The units of `CloudWatch` that make sense here.
const UNITS: [&str; 5] = ["Milliseconds", "Seconds", "Bytes", "Count", "None"];

/// Checks a line by the rules of the [embedded metric format] and returns the names of its metrics.
///
/// [embedded metric format]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
fn metrics(line: &Value) -> Vec<String> {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let timestamp = Duration::from_millis(line["_aws"]["Timestamp"].as_u64().unwrap());
    assert!(timestamp <= now && timestamp + Duration::from_secs(60) > now);
    let mut names = Vec::new();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], "BedrockGateway");
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()));
        for metric in metrics {
            let name = metric["Name"].as_str().unwrap();
            assert!(line[name].is_u64(), "{metric} has no number");
            assert!(UNITS.contains(&metric["Unit"].as_str().unwrap()));
            names.push(name.to_owned());
        }
        for set in directive["Dimensions"].as_array().unwrap() {
            let set = set.as_array().unwrap();
            assert!((1..=30).contains(&set.len()));
            for dimension in set {
                let value = line[dimension.as_str().unwrap()].as_str().unwrap();
                assert!((1..=1024).contains(&value.len()), "{dimension}");
            }
        }
    }
    names
}

#[tokio::test]
async fn one_line_per_request_with_metrics_and_without_the_words_of_anybody() {
    let mut running = Running::start(&[AGENT]).await;
    let (mut answer, mut call) = running.ask("QUESTION").await;
    call.begin().await;
    call.say(b"ANSWER").await;
    call.end().await;
    answer.whole().await;
    let (mut answer, mut call) = running.ask("QUESTION").await;
    call.refuse(400, "ValidationException").await;
    answer.whole().await;
    let log = running.log().await;

    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [complete, failed] = lines.as_slice() else {
        panic!("{log}");
    };
    for line in &lines {
        assert_eq!(line["requestId"], "req-1");
        assert_eq!(line["session"], AGENTS_SESSION);
        assert_eq!(line["traceId"], X_RAY);
        assert_eq!(line["retries"], 0);
    }
    let told = |line: &Value| [&line["outcome"], &line["level"], &line["Errors"]].map(Clone::clone);
    assert_eq!(told(complete), [json!("complete"), json!("INFO"), json!(0)]);
    assert_eq!(told(failed), [json!("rejected"), json!("ERROR"), json!(1)]);
    assert_eq!(
        (&complete["chunks"], &failed["chunks"]),
        (&json!(1), &json!(0))
    );
    assert!(complete["firstByteMs"].as_u64() <= complete["firstChunkMs"].as_u64());

    let latency = "FirstChunkLatency".to_owned();
    assert!(metrics(complete).contains(&latency));
    // There was no first chunk, and a metric without a number would invalidate the line.
    assert!(!metrics(failed).contains(&latency));
    for word in ["QUESTION", "ANSWER", "SECRET"] {
        assert!(!log.contains(word), "{log}");
    }
}

#[tokio::test]
async fn an_answer_that_lambda_does_not_take_is_told_of() {
    let refusing = Behaviour {
        status: 413,
        ..Behaviour::default()
    };
    let api = RuntimeApi::with(refusing).await;
    let mut running = Running::on(api, &[AGENT]).await;
    let (mut answer, mut call) = running.ask("QUESTION").await;
    call.begin().await;
    call.say(b"ANSWER").await;
    call.end().await;
    answer.whole().await;
    let log = running.log().await;

    let line = undelivered(&log);
    assert_eq!(line["requestId"], "req-1");
    assert_eq!(
        line["cause"],
        "the Runtime API refused the answer with 413 Payload Too Large"
    );
    for word in ["QUESTION", "ANSWER"] {
        assert!(!log.contains(word), "{log}");
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_answered_is_told_of() {
    let misnaming = Behaviour {
        request_id: "no part of an address",
        ..Behaviour::default()
    };
    let api = RuntimeApi::with(misnaming).await;
    let running = Running::on(api, &[AGENT]).await;
    running.api.send(question("QUESTION"));
    let log = running.log().await;

    let line = undelivered(&log);
    assert_eq!(line["requestId"], misnaming.request_id);
    let cause = line["cause"].as_str().unwrap();
    assert!(cause.starts_with("could not send the answer to the Runtime API: "));
    assert!(!log.contains("QUESTION"), "{log}");
}

/// The one warning of this kind.
fn undelivered(log: &str) -> Value {
    let lines = log.lines().filter(|line| line.contains("undelivered"));
    let [line] = lines.collect::<Vec<_>>()[..] else {
        panic!("{log}");
    };
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["level"], "WARN");
    line
}
