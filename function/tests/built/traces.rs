//! The ids of a trace reach every kind of agent.

use serde_json::json;

use crate::kind::Kind;
use crate::lambda::X_RAY;
use crate::process::{Running, question};

#[tokio::test]
async fn the_agent_is_told_which_trace_it_belongs_to() {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for kind in Kind::ALL {
        let mut running = Running::start(&[kind.settings()]).await;
        let mut event = question("議題");
        event["headers"]["traceparent"] = json!(parent);
        event["headers"]["tracestate"] = json!("vendor=1");
        let _answer = running.api.invoke(event).await;
        let call = running.bedrock.call().await;

        for header in [
            format!("x-amzn-trace-id: {X_RAY}"),
            format!("traceparent: {parent}"),
            "tracestate: vendor=1".to_owned(),
        ] {
            assert!(
                call.head.lines().any(|line| line == header),
                "{}",
                call.head
            );
        }
    }
}
