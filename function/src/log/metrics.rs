//! Metrics inside the log line: the [embedded metric format], which the log service reads by itself.
//!
//! There are few, because each combination of dimensions is a metric that costs money.
//!
//! [embedded metric format]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Value, json};

use crate::agent::Failure;
use crate::relay::Totals;
use crate::timestamp::milliseconds;

/// The namespace of all metrics.
const NAMESPACE: &str = "BedrockGateway";

/// The metrics of one answer, which are named like their members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metrics {
    #[serde(rename = "_aws")]
    directive: Value,
    /// How long people looked at nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_chunk_latency: Option<u64>,
    duration: u64,
    chunks: u64,
    tokens: u64,
    errors: u64,
}

impl Metrics {
    pub(super) fn new(totals: &Totals, failure: Option<Failure>, at: SystemTime) -> Self {
        let first_chunk_latency = totals.first_chunk.map(milliseconds);
        Self {
            directive: directive(first_chunk_latency.is_some(), at),
            first_chunk_latency,
            duration: milliseconds(totals.elapsed),
            chunks: totals.chunks,
            tokens: totals.usage.total(),
            errors: failure.is_some().into(),
        }
    }
}

/// Which metrics there are: all of them per agent, and the duration by agent and outcome.
fn directive(has_chunks: bool, at: SystemTime) -> Value {
    let metric = |name, unit| json!({"Name": name, "Unit": unit});
    let mut metrics = vec![
        metric("Duration", "Milliseconds"),
        metric("Chunks", "Count"),
        metric("Tokens", "Count"),
        metric("Errors", "Count"),
    ];
    if has_chunks {
        metrics.push(metric("FirstChunkLatency", "Milliseconds"));
    }
    let since_epoch = at.duration_since(SystemTime::UNIX_EPOCH);
    json!({
        "Timestamp": since_epoch.map_or(0, milliseconds),
        "CloudWatchMetrics": [
            {"Namespace": NAMESPACE, "Dimensions": [["agent"]], "Metrics": metrics},
            {
                "Namespace": NAMESPACE,
                "Dimensions": [["agent", "outcome"]],
                "Metrics": [metric("Duration", "Milliseconds")],
            },
        ],
    })
}
