//! The error behind a failure, for the log only.

/// Any error that can be carried to the log.
pub type Cause = dyn std::error::Error + Send + Sync + 'static;

/// An error and the errors that caused it, joined by `: `.
pub fn chain(error: &Cause) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
