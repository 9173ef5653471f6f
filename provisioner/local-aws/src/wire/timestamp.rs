//! A moment as each AWS protocol writes it.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// A function's `LastModified`: `2026-11-23T03:41:00.123+0000`.
pub(crate) fn last_modified(moment: SystemTime) -> String {
    write(
        moment,
        format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000"
        ),
    )
}

/// A function URL's `CreationTime`: `2026-11-23T03:41:00.123456Z`.
pub(crate) fn with_microseconds(moment: SystemTime) -> String {
    write(
        moment,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"),
    )
}

/// IAM's `CreateDate`: `2026-11-23T03:41:00Z`.
pub(crate) fn with_seconds(moment: SystemTime) -> String {
    write(
        moment,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"),
    )
}

/// `CloudWatch` Logs counts milliseconds since 1970.
pub(crate) fn milliseconds(moment: SystemTime) -> i64 {
    moment
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

fn write(moment: SystemTime, format: &[BorrowedFormatItem<'_>]) -> String {
    // Fails only for a component that a date does not have; none of the formats above asks for one.
    OffsetDateTime::from(moment)
        .format(format)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn writes_a_moment_as_each_protocol_does() {
        let moment = UNIX_EPOCH + Duration::from_micros(1_795_405_260_123_456);

        assert_eq!(last_modified(moment), "2026-11-23T03:41:00.123+0000");
        assert_eq!(with_microseconds(moment), "2026-11-23T03:41:00.123456Z");
        assert_eq!(with_seconds(moment), "2026-11-23T03:41:00Z");
        assert_eq!(milliseconds(moment), 1_795_405_260_123);
    }
}
