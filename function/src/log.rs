//! One JSON line per request, without anything of the question or the answer.

mod metrics;

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::cause::{Cause, chain};
use crate::refusal::Refusal;
use crate::relay::Relay;
use crate::timestamp::milliseconds;
use metrics::Metrics;

/// The line of one request.
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
    /// The session id of the upstream, which is the one in Bedrock's own logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    /// The id of X-Ray, from Lambda.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// `complete`, an error code, `client_gone`, or `undelivered`.
    outcome: &'a str,
    duration_ms: u64,
    /// From the beginning to the first byte, which goes out before the agent is asked.
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
    /// How often a throttled call was made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<u64>,
    /// The check that a refused request has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Messages of the upstream that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_messages: Option<u64>,
    /// Why the first of them was not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_reason: Option<&'static str>,
    /// The chain of errors behind a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(flatten)]
    metrics: Option<Metrics>,
}

/// What a stream's line says besides what the relay counts.
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a> {
    pub request_id: &'a str,
    /// The name in the configuration.
    pub agent: &'a str,
    pub dialect: &'a str,
    /// The session id of the upstream.
    pub session: &'a str,
    pub trace_id: Option<&'a str>,
    /// What the client got; nothing if it left before.
    pub status: Option<u16>,
    pub first_byte: Option<Duration>,
    /// When it ended.
    pub at: SystemTime,
}

impl<'a> Record<'a> {
    /// A request that needs no agent; `message` says which.
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

    /// A refused request, without the refusal's message, which may quote the request.
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

    /// An answer that Lambda did not take, or not completely. The answer has its own line as well.
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

    /// A stream that has ended, or whose reader has left.
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
            status: stream.status,
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
            unknown_reason: totals.unknown_reason,
            cause: cause.map(chain),
            metrics: Some(Metrics::new(&totals, failure, stream.at)),
        }
    }
}

/// Writes one line to standard output, where Lambda collects it.
pub fn to_stdout(record: &Record<'_>) {
    let Ok(mut line) = serde_json::to_vec(record) else {
        return;
    };
    line.push(b'\n');
    // A log that can't be written can't be reported, either.
    let _ = std::io::stdout().lock().write_all(&line);
}
