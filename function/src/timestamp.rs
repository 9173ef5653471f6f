//! Times as clients and the log read them.

use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// RFC 3339 in UTC with exactly three decimals, as JavaScript's `toISOString` writes it.
pub fn rfc3339(time: SystemTime) -> String {
    let since_epoch = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
    let whole = DateTime::from_secs(seconds)
        .fmt(Format::DateTime)
        .unwrap_or_default();
    let date = whole.trim_end_matches('Z');
    format!("{date}.{:03}Z", since_epoch.subsec_millis())
}

/// Whole milliseconds, as events and the log tell durations.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_three_decimals_even_when_they_are_zero() {
        let at = |ms| rfc3339(SystemTime::UNIX_EPOCH + Duration::from_millis(ms));

        assert_eq!(at(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(1_795_395_723_456), "2026-11-23T01:02:03.456Z");
        assert_eq!(at(1_795_395_723_050), "2026-11-23T01:02:03.050Z");
    }
}
