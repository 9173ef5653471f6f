//! One log event as one line: the function's own JSON, made readable; Lambda's lines about starts
//! and ends only when they tell of a failure.

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::deployment::state::LogEvent;

const DIM: Style = Style::new().dimmed();

/// How much to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    OwnLines,
    /// Lambda's lines, too.
    Everything,
}

/// For programs: when, and what, parsed where it can be.
pub(super) fn json(event: &LogEvent) -> Value {
    let message = event.message.trim_end();
    json!({
        "timestamp": timestamp(event),
        "message": serde_json::from_str(message).unwrap_or_else(|_| json!(message)),
    })
}

/// For people; `None` for what they need not see.
pub(super) fn text(event: &LogEvent, detail: Detail) -> Option<String> {
    let message = event.message.trim_end();
    let time = timestamp(event);
    let line = match serde_json::from_str(message) {
        Ok(Value::Object(members)) => match members.get("type").and_then(Value::as_str) {
            Some(kind) if kind.starts_with("platform.") => {
                let status = members
                    .get("record")
                    .and_then(|record| record.get("status"));
                let failed = status
                    .and_then(Value::as_str)
                    .is_some_and(|status| status != "success");
                if detail == Detail::OwnLines && !failed {
                    return None;
                }
                platform(kind, &members, failed)
            }
            _ => own(members),
        },
        _ => printable(message),
    };
    Some(format!("{DIM}{time}{DIM:#} {line}"))
}

/// What the function has said just now, for people.
pub(in crate::commands) fn spoken(message: &str) -> String {
    match serde_json::from_str(message) {
        Ok(Value::Object(members)) => own(members),
        _ => printable(message),
    }
}

/// `ERROR streamed throttled 812 ms agent=magi …`
fn own(mut members: Map<String, Value>) -> String {
    forget_metrics(&mut members);
    let mut take = |key: &str| members.remove(key).map(|value| plain(&value));
    let level = take("level").unwrap_or_default();
    let head = [
        take("message"),
        take("outcome"),
        take("durationMs").map(|ms| format!("{ms} ms")),
    ];
    let head: Vec<String> = head.into_iter().flatten().collect();
    let style = match level.as_str() {
        "ERROR" => AnsiColor::Red.on_default().bold(),
        "WARN" => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    };
    // The longest comes last.
    let cause = members
        .remove("cause")
        .map(|cause| ("cause".to_owned(), cause));
    members.remove("timestamp");
    let rest: Vec<String> = members
        .into_iter()
        .chain(cause)
        .map(|(key, value)| format!("{}={}", printable(&key), plain(&value)))
        .collect();
    let (head, rest) = (head.join(" "), rest.join(" "));
    format!("{style}{level:<5} {head}{style:#} {DIM}{rest}{DIM:#}")
}

/// Removes the metrics for `CloudWatch`, which repeat numbers of the line under other names.
fn forget_metrics(members: &mut Map<String, Value>) {
    let Some(format) = members.remove("_aws") else {
        return;
    };
    let sets = format["CloudWatchMetrics"].as_array().into_iter().flatten();
    let metrics = sets.filter_map(|set| set["Metrics"].as_array()).flatten();
    for name in metrics.filter_map(|metric| metric["Name"].as_str()) {
        members.remove(name);
    }
}

fn platform(kind: &str, members: &Map<String, Value>, failed: bool) -> String {
    let style = if failed {
        AnsiColor::Red.on_default().bold()
    } else {
        DIM
    };
    let record = members.get("record").map(plain).unwrap_or_default();
    format!("{style}{} {record}{style:#}", printable(kind))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        other => printable(&other.to_string()),
    }
}

/// Nothing logged may move the cursor or rename the terminal.
fn printable(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(visible).collect()
}

fn timestamp(event: &LogEvent) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let nanoseconds = i128::from(event.timestamp) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .ok()
        .and_then(|time| time.format(format).ok())
        .unwrap_or_else(|| event.timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: &str, detail: Detail) -> Option<String> {
        let event = LogEvent {
            id: "1".to_owned(),
            timestamp: 1_795_420_800_120,
            message: message.to_owned(),
        };
        text(&event, detail).map(|line| anstream::adapter::strip_str(&line).to_string())
    }

    #[test]
    fn the_functions_own_line_says_first_how_it_went() {
        let line = r#"{"level":"ERROR","message":"streamed","requestId":"r","agent":"magi","status":200,"outcome":"throttled","durationMs":812,"cause":"too many","chunks":3}"#;

        insta::assert_snapshot!(shown(line, Detail::OwnLines).unwrap(), @"2026-11-23T08:00:00.120Z ERROR streamed throttled 812 ms agent=magi chunks=3 requestId=r status=200 cause=too many");
    }

    #[test]
    fn numbers_are_shown_once() {
        let line = r#"{"level":"INFO","message":"streamed","chunks":3,"Chunks":3,"_aws":{"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[["agent"]],"Metrics":[{"Name":"Chunks","Unit":"Count"}]}],"Timestamp":1}}"#;

        insta::assert_snapshot!(shown(line, Detail::OwnLines).unwrap(), @"2026-11-23T08:00:00.120Z INFO  streamed chunks=3");
    }

    #[test]
    fn lambdas_lines_are_shown_when_something_failed() {
        let start = r#"{"time":"t","type":"platform.start","record":{"requestId":"r"}}"#;
        let report = r#"{"time":"t","type":"platform.report","record":{"requestId":"r","status":"timeout"}}"#;

        assert_eq!(shown(start, Detail::OwnLines), None);
        assert!(shown(start, Detail::Everything).is_some());
        insta::assert_snapshot!(shown(report, Detail::OwnLines).unwrap(), @r#"2026-11-23T08:00:00.120Z platform.report {"requestId":"r","status":"timeout"}"#);
    }

    #[test]
    fn a_line_that_only_looks_like_lambdas_is_shown_too() {
        for line in [
            r#"{"type":"platform.x"}"#,
            r#"{"type":"platform.x","record":[1]}"#,
        ] {
            assert_eq!(shown(line, Detail::OwnLines), None);
            assert!(shown(line, Detail::Everything).is_some());
        }
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is_but_harmless() {
        insta::assert_snapshot!(shown("panicked at \u{1b}]0;x\u{7} main.rs\n", Detail::OwnLines).unwrap(), @"2026-11-23T08:00:00.120Z panicked at  ]0;x  main.rs");
    }
}
