//! What an environment writes to its log stream: the function's output, and the platform's own
//! lines in Lambda's JSON log format.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use crate::running::invocation::LogLine;
use crate::services::lambda::Executable;

/// One environment's log stream.
#[derive(Debug, Clone)]
pub(super) struct Log {
    function_name: String,
    role: String,
    group: String,
    stream: String,
    lines: UnboundedSender<LogLine>,
}

/// How an invocation, or an initialization, went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status<'a> {
    Success,
    Error { error_type: &'a str },
    Timeout,
}

/// What an invocation has cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Metrics {
    pub(super) duration: Duration,
    /// Only of the invocation that the environment was started for.
    pub(super) init_duration: Option<Duration>,
    pub(super) memory_mb: u32,
    pub(super) max_memory_used_mb: Option<u64>,
}

impl Log {
    pub(super) fn new(executable: &Executable, lines: UnboundedSender<LogLine>) -> Self {
        Self {
            function_name: executable.function_name.clone(),
            role: executable.role.clone(),
            group: executable.log_group.clone(),
            stream: stream_name(&executable.version, SystemTime::now(), Uuid::new_v4()),
            lines,
        }
    }

    pub(super) fn stream(&self) -> &str {
        &self.stream
    }

    pub(super) fn line(&self, text: String) {
        self.write(SystemTime::now(), text);
    }

    pub(super) fn init_start(&self, executable: &Executable) {
        self.platform(
            "platform.initStart",
            &json!({
                "initializationType": "on-demand",
                "phase": "init",
                "functionName": executable.function_name,
                "functionVersion": executable.version,
            }),
        );
    }

    /// Only a failed initialization is worth a line at Lambda's default log level.
    pub(super) fn init_report(&self, duration: Duration, status: Status<'_>) {
        let mut record = json!({
            "initializationType": "on-demand",
            "phase": "init",
            "metrics": { "durationMs": milliseconds(duration) },
        });
        status.describe(&mut record);
        self.platform("platform.initReport", &record);
    }

    pub(super) fn start(&self, request_id: &str, version: &str) {
        let record = json!({ "requestId": request_id, "version": version });
        self.platform("platform.start", &record);
    }

    pub(super) fn report(&self, request_id: &str, metrics: Metrics, status: Status<'_>) {
        let mut record = json!({ "requestId": request_id, "metrics": metrics.describe() });
        status.describe(&mut record);
        self.platform("platform.report", &record);
    }

    fn platform(&self, kind: &str, record: &Value) {
        let now = SystemTime::now();
        let line = json!({ "time": timestamp(now), "type": kind, "record": record });
        self.write(now, line.to_string());
    }

    fn write(&self, now: SystemTime, text: String) {
        let timestamp_ms = now.duration_since(UNIX_EPOCH).map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        });
        // Nobody reads the log any more when the local AWS is about to end.
        let _ = self.lines.send(LogLine {
            function_name: self.function_name.clone(),
            role: self.role.clone(),
            log_group: self.group.clone(),
            log_stream: self.stream.clone(),
            timestamp_ms,
            text,
        });
    }
}

impl Status<'_> {
    fn describe(self, record: &mut Value) {
        record["status"] = json!(match self {
            Self::Success => "success",
            Self::Error { .. } => "error",
            Self::Timeout => "timeout",
        });
        if let Self::Error { error_type } = self {
            record["errorType"] = json!(error_type);
        }
    }
}

impl Metrics {
    fn describe(self) -> Value {
        let billed = self.duration + self.init_duration.unwrap_or_default();
        let mut metrics = json!({
            "durationMs": milliseconds(self.duration),
            // Lambda bills whole milliseconds, of the initialization too.
            "billedDurationMs": billed.as_micros().div_ceil(1000),
            "memorySizeMB": self.memory_mb,
        });
        if let Some(used) = self.max_memory_used_mb {
            metrics["maxMemoryUsedMB"] = json!(used);
        }
        if let Some(init) = self.init_duration {
            metrics["initDurationMs"] = json!(milliseconds(init));
        }
        metrics
    }
}

/// With the three decimals that Lambda writes.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

/// `2026-11-23T03:41:00.123Z`.
fn timestamp(moment: SystemTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    // Fails only for a component that a date does not have.
    OffsetDateTime::from(moment)
        .format(format)
        .unwrap_or_default()
}

/// `2026/11/23/[$LATEST]<32 hexadecimal digits>`.
fn stream_name(version: &str, moment: SystemTime, id: Uuid) -> String {
    let day = OffsetDateTime::from(moment)
        .format(format_description!("[year]/[month]/[day]"))
        .unwrap_or_default();
    format!("{day}/[{version}]{}", id.simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1_795_405_260_123);

    #[test]
    fn a_log_stream_is_named_by_day_version_and_lot() {
        let name = stream_name("$LATEST", UNIX_EPOCH + MOMENT, Uuid::from_u128(0xab));

        assert_eq!(name, "2026/11/23/[$LATEST]000000000000000000000000000000ab");
        assert_eq!(timestamp(UNIX_EPOCH + MOMENT), "2026-11-23T03:41:00.123Z");
    }

    #[test]
    fn a_cold_start_is_billed() {
        let metrics = Metrics {
            duration: Duration::from_micros(20_700),
            init_duration: Some(Duration::from_micros(1_400)),
            memory_mb: 128,
            max_memory_used_mb: Some(7),
        };

        assert_eq!(
            metrics.describe(),
            json!({
                "durationMs": 20.7, "billedDurationMs": 23, "memorySizeMB": 128,
                "maxMemoryUsedMB": 7, "initDurationMs": 1.4,
            })
        );
    }
}
