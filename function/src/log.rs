//! One JSON line per request. Nothing of the question or the answer is in it.

mod metrics;

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::relay::Relay;
use crate::request::Refusal;
use crate::timestamp::milliseconds;
use metrics::Metrics;

/// What is told of with its causes.
type Cause = dyn std::error::Error + Send + Sync + 'static;

/// What is worth knowing about a request afterwards.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    level: &'static str,
    message: &'static str,
    request_id: &'a str,
    /// The name in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<&'a str>,
    /// The session as the agent knows it, to be looked up in Bedrock's own logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    /// X-Ray's, from Lambda.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// `complete`, an error code, `client_gone`, or `undelivered`.
    outcome: &'a str,
    duration_ms: u64,
    /// Until something has gone out, before the agent was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_byte_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_chunk_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunks: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens: Option<u64>,
    /// How often a call that was throttled has been made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<u64>,
    /// Which check a refused request has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Messages of the upstream that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_messages: Option<u64>,
    /// The chain of errors behind a failure, as AWS tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(flatten)]
    metrics: Option<Metrics>,
}

/// What is known of a stream besides what the relay counts.
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a> {
    pub request_id: &'a str,
    /// The name in the configuration.
    pub agent: &'a str,
    pub dialect: &'a str,
    /// As the agent knows it.
    pub session: &'a str,
    pub trace_id: Option<&'a str>,
    pub first_byte: Option<Duration>,
    /// When it ended.
    pub at: SystemTime,
}

impl<'a> Record<'a> {
    /// A request that is answered without asking an agent; `message` says which.
    pub fn without_agent(message: &'static str, request_id: &'a str) -> Self {
        Self {
            level: "INFO",
            message,
            request_id,
            status: Some(200),
            outcome: "complete",
            ..Self::default()
        }
    }

    /// A request that was refused; without the message, which may quote it.
    pub fn refused(request_id: &'a str, refusal: &Refusal, duration: Duration) -> Self {
        Self {
            level: "WARN",
            message: "refused",
            request_id,
            status: Some(refusal.status),
            outcome: refusal.code,
            reason: refusal.reason,
            duration_ms: milliseconds(duration),
            ..Self::default()
        }
    }

    /// An answer that Lambda has not taken, or not to its end; a line of its own besides the answer's.
    pub fn undelivered(request_id: &'a str, error: &Cause) -> Self {
        Self {
            level: "WARN",
            message: "undelivered",
            request_id,
            outcome: "undelivered",
            cause: Some(chain(error)),
            ..Self::default()
        }
    }

    /// A stream that has ended, or that nobody read to its end.
    pub fn streamed(stream: Stream<'a>, relay: &Relay) -> Self {
        let totals = relay.totals();
        let failure = relay.outcome().and_then(|outcome| outcome.failure);
        let cause = relay.outcome().and_then(|outcome| outcome.cause.as_deref());
        Self {
            level: if failure.is_some() { "ERROR" } else { "INFO" },
            message: "streamed",
            request_id: stream.request_id,
            agent: Some(stream.agent),
            dialect: Some(stream.dialect),
            session: Some(stream.session),
            trace_id: stream.trace_id,
            status: Some(200),
            outcome: match (relay.outcome(), failure) {
                (None, _) => "client_gone",
                (Some(_), None) => "complete",
                (Some(_), Some(failure)) => failure.code(),
            },
            duration_ms: milliseconds(totals.elapsed),
            first_byte_ms: stream.first_byte.map(milliseconds),
            first_chunk_ms: totals.first_chunk.map(milliseconds),
            chunks: Some(totals.chunks),
            bytes: Some(totals.bytes),
            input_tokens: Some(totals.usage.input_tokens),
            output_tokens: Some(totals.usage.output_tokens),
            retries: Some(totals.retries),
            reason: None,
            unknown_messages: Some(totals.unknown).filter(|&unknown| unknown > 0),
            cause: cause.map(chain),
            metrics: Some(Metrics::new(&totals, failure.is_some(), stream.at)),
        }
    }
}

/// Writes one line to standard output, where Lambda collects it.
pub fn to_stdout(record: &Record<'_>) {
    let Ok(mut line) = serde_json::to_vec(record) else {
        return;
    };
    line.push(b'\n');
    // Nobody is left to tell when the log itself can't be written.
    let _ = std::io::stdout().lock().write_all(&line);
}

/// An error and its causes, `: ` between them.
pub fn chain(error: &Cause) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
