//! What a panic leaves in the log.

use std::io::Write as _;

/// Logs where a panic happened but not its message, which may quote a question.
pub fn log_without_message() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        let line = serde_json::json!({
            "level": "ERROR",
            "message": "panic",
            "location": location,
        });
        // Nobody is left to tell when the log itself can't be written.
        let _ = writeln!(std::io::stderr(), "{line}");
    }));
}
