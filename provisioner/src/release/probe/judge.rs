//! Judges what was observed. Pure.

use std::time::Duration;

use serde_json::Value;

use crate::config::Probe;
use crate::plan::asking::Asking;
use crate::release::proof::{Cause, Proof};
use crate::terminal::redact::redacted;

/// IAM takes its time: until then 403 may pass.
const PERMISSIONS_SPREAD: Duration = Duration::from_secs(60);
/// A fresh name may not be known everywhere, and a burst of calls passes.
const HICCUP: Duration = Duration::from_secs(10);
/// A sentence as long as this is not one word that happens to be one chunk.
const LONG_ANSWER: u64 = 200;
/// What took as long as this on the function's clock does not arrive within a moment, unless it was held
/// back: in milliseconds.
const LONG_RUN: u64 = 1000;

/// One answer, as it was seen from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// AWS has answered in place of the function.
    pub(crate) error_type: Option<String>,
    /// Pieces of the answer's text.
    pub(crate) chunks: u64,
    /// The length was known before the first byte: nothing was streamed.
    pub(crate) has_length: bool,
    /// The body, unless it is a stream of events.
    pub(crate) text: String,
    pub(crate) first_byte: Duration,
    pub(crate) total: Duration,
    /// The last event of a stream that says how it ended.
    pub(crate) end: Option<Value>,
}

/// What to make of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Works(Proof),
    /// Broken, unless it changes until so long after the first attempt.
    Broken(Cause, Duration),
}

pub(crate) fn judge(seen: &Observation, asking: &Asking) -> Verdict {
    let Asking {
        kind,
        is_public,
        is_buffered,
        vpc,
        ..
    } = asking;
    let vpc = vpc.as_deref();
    let broken = |cause| Verdict::Broken(cause, Duration::ZERO);
    match seen.status {
        200 => {}
        403 => return refused(seen, *is_public),
        429 => return Verdict::Broken(Cause::Throttled, HICCUP),
        502 => {
            let message = message(&seen.text);
            return broken(Cause::FunctionFailed { message });
        }
        status => {
            let message = message(&seen.text);
            // AWS's own 500, 503 or 504 pass; the function's do not.
            let passes = status >= 500 && seen.error_type.is_some();
            let patience = if passes { HICCUP } else { Duration::ZERO };
            return Verdict::Broken(Cause::Status { status, message }, patience);
        }
    }
    if *kind == Probe::Ask {
        if *is_buffered {
            return broken(Cause::Buffered);
        }
        judge_stream(seen, vpc)
    } else {
        Verdict::Works(proof(seen, *kind, None))
    }
}

fn refused(seen: &Observation, is_public: bool) -> Verdict {
    let Some(error_type) = &seen.error_type else {
        // The function itself: waiting does not change its mind.
        let (status, message) = (seen.status, message(&seen.text));
        return Verdict::Broken(Cause::Status { status, message }, Duration::ZERO);
    };
    if error_type.starts_with("AccessDenied") {
        let cause = if is_public {
            Cause::Forbidden
        } else {
            Cause::CallerNotAllowed
        };
        return Verdict::Broken(cause, PERMISSIONS_SPREAD);
    }
    let message = message(&seen.text);
    Verdict::Broken(Cause::Signature { message }, Duration::ZERO)
}

fn judge_stream(seen: &Observation, vpc: Option<&str>) -> Verdict {
    let broken = |cause| Verdict::Broken(cause, Duration::ZERO);
    if !seen.content_type.starts_with("text/event-stream") {
        let content_type = seen.content_type.clone();
        return broken(Cause::NotAStream { content_type });
    }
    if seen.has_length {
        return broken(held_back(vpc, Cause::Buffered));
    }
    let Some(end) = &seen.end else {
        return broken(Cause::Cut);
    };
    let text = |key: &str| end[key].as_str().unwrap_or_default().to_owned();
    if end["type"] == "error" {
        let (code, message) = (text("error"), text("message"));
        return broken(Cause::AgentFailed { code, message });
    }
    let number = |key: &str| end[key].as_u64().unwrap_or(0);
    let bytes = number("totalBytes");
    if seen.chunks <= 1 && bytes >= LONG_ANSWER {
        return broken(Cause::OneChunk { bytes });
    }
    let took_ms = number("executionTime");
    let arriving = seen.total.saturating_sub(seen.first_byte);
    if took_ms >= LONG_RUN && arriving < Duration::from_millis(took_ms / 4) {
        return broken(held_back(vpc, Cause::HeldBack { took_ms }));
    }
    Verdict::Works(proof(seen, Probe::Ask, Some(seen.chunks)))
}

/// A VPC explains it, where there is one.
fn held_back(vpc: Option<&str>, otherwise: Cause) -> Cause {
    vpc.map_or(otherwise, |vpc| Cause::Vpc {
        vpc: vpc.to_owned(),
    })
}

fn proof(seen: &Observation, kind: Probe, chunks: Option<u64>) -> Proof {
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Proof {
        kind,
        first_byte_ms: milliseconds(seen.first_byte),
        total_ms: milliseconds(seen.total),
        chunks,
    }
}

/// What could not be reached may be there in a moment.
pub(crate) fn unreachable(reason: String) -> Verdict {
    Verdict::Broken(Cause::Unreachable { reason }, HICCUP)
}

/// The sentence in an error body, the gateway's own or AWS's, short enough to be read.
pub(crate) fn message(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let sentence = ["message", "Message", "errorMessage"]
        .iter()
        .find_map(|key| json[key].as_str());
    redacted(sentence.unwrap_or_else(|| body.trim()))
        .chars()
        .filter(|character| !character.is_control())
        .take(300)
        .collect()
}

#[cfg(test)]
mod tests;
