//! What an error offers besides its own words: what to try next, and all its causes in one line.

use std::error::Error;

/// An error that knows what the user can try next.
pub trait Hint {
    /// One or more imperative sentences, or nothing.
    fn hint(&self) -> Option<String>;
}

/// An error and its causes in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
