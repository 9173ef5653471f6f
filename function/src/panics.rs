//! The log line of a panic.

use std::io::Write as _;

/// From now on a panic logs where it happened, but not its message, which may quote a question.
pub fn log_without_message() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        let line = serde_json::json!({
            "level": "ERROR",
            "message": "panic",
            "location": location,
        });
        // A log that can't be written can't be reported, either.
        let _ = writeln!(std::io::stderr(), "{line}");
    }));
}
