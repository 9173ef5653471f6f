//! What a user should know about besides the changes.

use std::fmt;

use serde::Serialize;

/// One sentence. In JSON it is just its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Note {
    text: String,
    /// Something is wrong: `doctor` finds it by itself, and says what to do about it.
    pub is_trouble: bool,
}

impl Note {
    /// Of something that is wrong.
    pub(super) fn trouble(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_trouble: true,
        }
    }

    /// Of which released `provision` callers have the function, and of which they get it. Between two of none,
    /// or two of the same, there is nothing to tell.
    pub(super) fn of_editions(from: Option<&str>, to: Option<&str>) -> Option<Self> {
        let text = match (from, to) {
            (Some(from), Some(to)) if from != to => {
                format!(
                    "callers have the function of provision {from}, and get that of provision {to}"
                )
            }
            (Some(from), None) => {
                format!(
                    "callers have the function of provision {from}, and get one that was built by hand"
                )
            }
            (None, Some(to)) => {
                format!(
                    "callers have a function that was built by hand, and get that of provision {to}"
                )
            }
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some(text.into())
    }
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self {
            text,
            is_trouble: false,
        }
    }
}

impl From<&str> for Note {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
