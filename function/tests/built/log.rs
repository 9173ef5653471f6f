//! The one line per request that a process leaves behind, and the metrics in it.

use serde_json::json;

use crate::lambda::X_RAY;
use crate::process::{AGENT, Running, SESSION};

#[tokio::test]
async fn logs_one_line_per_request_without_the_words_of_anybody() {
    let mut running = Running::start(&[AGENT]).await;
    let (mut answer, mut call) = running.ask("QUESTION").await;
    call.begin().await;
    call.say(b"ANSWER").await;
    call.end().await;
    answer.whole().await;
    let log = running.log().await;

    assert_eq!(log.lines().count(), 1, "{log}");
    let line: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(line["requestId"], "req-1");
    assert_eq!(line["outcome"], "complete");
    assert_eq!(line["chunks"], 1);
    assert_eq!(line["session"], SESSION);
    assert_eq!(line["traceId"], X_RAY);
    assert!(line["firstByteMs"].as_u64() <= line["firstChunkMs"].as_u64());
    // What CloudWatch reads is in the same line.
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], "BedrockGateway");
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{metric}");
        }
        let dimensions = directive["Dimensions"][0].as_array().unwrap();
        for dimension in dimensions {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
        }
    }
    assert_eq!((&line["Chunks"], &line["Errors"]), (&json!(1), &json!(0)));
    assert!(
        !log.contains("QUESTION") && !log.contains("ANSWER"),
        "{log}"
    );
}
