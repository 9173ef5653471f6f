//! Gets an answer: the flag's, else the one typed at the terminal, else the one that suggests itself.

use std::fmt::Display;
use std::str::FromStr;

use crate::commands::error::CommandError;
use crate::commands::init::error::InitError;
use crate::config::InvalidValue;
use crate::terminal::consent::ConsentError;
use crate::terminal::printer::Printer;

/// Somebody to ask, or nobody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialog {
    pub(super) printer: Printer,
    pub(super) interactive: bool,
}

/// What is asked at the terminal, and the flag that answers it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prompt<'a> {
    pub(super) text: &'a str,
    pub(super) flag: &'static str,
}

impl Dialog {
    /// The answer as a setting.
    pub(super) fn setting<T>(
        self,
        prompt: Prompt<'_>,
        given: Option<&str>,
        suggested: Option<T>,
    ) -> Result<T, CommandError>
    where
        T: FromStr<Err = InvalidValue> + Display,
    {
        let Prompt { text, flag } = prompt;
        if let Some(given) = given {
            return Ok(given
                .parse()
                .map_err(|refused| InitError::Answer { flag, refused })?);
        }
        if !self.interactive {
            return Ok(suggested.ok_or_else(|| no_terminal(prompt, ""))?);
        }
        let hint = suggested.as_ref().map(T::to_string).unwrap_or_default();
        loop {
            let answer = self.line(text, &hint)?;
            let answer = if answer.is_empty() { &hint } else { &answer };
            match answer.parse() {
                Ok(answer) => return Ok(answer),
                Err(refused) => self.printer.say(&refused),
            }
        }
    }

    /// One or several of `items`, which are shown; at least one. Of a single item nothing is asked.
    pub(super) fn choose(
        self,
        prompt: Prompt<'_>,
        items: &[String],
        several: bool,
    ) -> Result<Vec<usize>, CommandError> {
        let Prompt { text, .. } = prompt;
        if let [only] = items {
            let words: Vec<&str> = only.split_whitespace().collect();
            self.printer
                .say(&format_args!("{text}: {}", words.join(" ")));
            return Ok(vec![0]);
        }
        let listed = || {
            let lines = items.iter().enumerate();
            let lines = lines.map(|(index, item)| format!("\n  {:>2}  {item}", index + 1));
            lines.collect::<String>()
        };
        if !self.interactive {
            return Err(no_terminal(prompt, &listed()).into());
        }
        self.printer.say(&format_args!("{text}{}", listed()));
        let how = if several {
            "number, or several with commas"
        } else {
            "number"
        };
        loop {
            let answer = self.line(how, "1")?;
            match numbers(&answer, items.len(), several) {
                Some(chosen) => return Ok(chosen),
                None => self
                    .printer
                    .say(&format_args!("a number from 1 to {}", items.len())),
            }
        }
    }

    fn line(self, text: &str, suggested: &str) -> Result<String, CommandError> {
        let prompt = if suggested.is_empty() {
            format!("{text}: ")
        } else {
            format!("{text} [{suggested}]: ")
        };
        Ok(self
            .printer
            .ask(&prompt)
            .ok_or(ConsentError::NotConfirmed)?)
    }
}

fn no_terminal(prompt: Prompt<'_>, choice: &str) -> InitError {
    InitError::NoTerminal {
        question: format!("{}{choice}", prompt.text),
        flag: prompt.flag,
    }
}

/// `2` or `1, 3`, without repetitions; nothing means the first.
fn numbers(answer: &str, count: usize, several: bool) -> Option<Vec<usize>> {
    let answer = if answer.is_empty() { "1" } else { answer };
    let mut chosen = Vec::new();
    for part in answer.split(',') {
        let number: usize = part.trim().parse().ok()?;
        let index = number.checked_sub(1).filter(|index| *index < count)?;
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    (several || chosen.len() == 1).then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_from_one() {
        assert_eq!(numbers("", 2, false), Some(vec![0]));
        assert_eq!(numbers("2", 2, false), Some(vec![1]));
        assert_eq!(numbers("2, 1,2", 2, true), Some(vec![1, 0]));
        for wrong in ["0", "3", "x", "1,", "-1", "1,2"] {
            assert_eq!(numbers(wrong, 2, false), None, "{wrong}");
        }
    }
}
