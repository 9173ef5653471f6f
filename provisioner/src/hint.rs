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

/// An error as a value that can be handed on: its words with all causes, and what to try next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub why: String,
    pub hint: Option<String>,
}

impl Complaint {
    pub fn of(error: &(impl Error + Hint)) -> Self {
        Self {
            why: chain(error),
            hint: error.hint(),
        }
    }
}
