//! How a failed command is shown: what failed, why, and what to try next.

use std::error::Error;
use std::fmt;

use crate::hint::Hint;

/// Who has several profiles has to sign in with the right one.
fn with_profile(hint: String, profile: Option<&str>) -> String {
    match profile {
        Some(profile) => hint.replace(
            "`aws sso login`",
            &format!("`aws sso login --profile {profile}`"),
        ),
        None => hint,
    }
}

/// Shows an error, its causes and its hint, one per line.
#[derive(Debug)]
pub struct Report<'a, E> {
    pub error: &'a E,
    /// The profile that is used, for commands that the hint names.
    pub profile: Option<&'a str>,
}

impl<E: Error + Hint> fmt::Display for Report<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use anstyle::{AnsiColor, Style};

        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let cyan = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
        let Self { error, profile } = *self;
        write!(f, "{red}error:{red:#} {error}")?;
        let mut cause = error.source();
        while let Some(source) = cause {
            write!(f, "\n  caused by: {source}")?;
            cause = source.source();
        }
        if let Some(hint) = error.hint() {
            let hint = with_profile(hint, profile);
            write!(f, "\n{cyan}hint:{cyan:#} {hint}")?;
        }
        Ok(())
    }
}
