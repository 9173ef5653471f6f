//! The one door to stdout and stderr. stdout carries data: what a script would want. Everything for
//! people goes to stderr. Colour appears on terminals only, and `NO_COLOR` is respected (anstream).

use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

impl PrintError {
    /// The reader of stdout has closed it, as `head` does when it has enough.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == ErrorKind::BrokenPipe)
    }
}

/// Prints, in the way the user asked for.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    json: bool,
    verbose: bool,
    /// What people type for `provision`, if it is another command.
    typed: Option<&'static str>,
}

/// The result could not be written to stdout.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    #[error("could not write to stdout")]
    Stdout(#[source] io::Error),
    #[error("could not make JSON of the result")]
    Json(#[source] serde_json::Error),
}

impl Printer {
    pub fn new(json: bool, verbose: bool) -> Self {
        Self {
            json,
            verbose,
            typed: None,
        }
    }

    /// Names this program as people type it in the commands that messages tell them.
    #[must_use]
    pub fn typed(self, typed: Option<&'static str>) -> Self {
        Self { typed, ..self }
    }

    /// Whether the result is wanted as JSON.
    pub fn json(self) -> bool {
        self.json
    }

    /// Whether `--verbose` is given.
    pub fn verbose(self) -> bool {
        self.verbose
    }

    /// The result on stdout: one JSON object, or text that ends with a newline.
    pub fn result(self, json: &impl Serialize, text: &impl Display) -> Result<(), PrintError> {
        let line = if self.json {
            serde_json::to_string(json).map_err(PrintError::Json)?
        } else {
            self.as_typed(text)
        };
        self.whole(&(line + "\n"))
    }

    /// The result where JSON is wanted; otherwise the command has none.
    pub fn json_result(self, json: &impl Serialize) -> Result<(), PrintError> {
        if self.json {
            self.result(json, &"")
        } else {
            Ok(())
        }
    }

    /// All of the result on stdout, as it is.
    pub fn whole(self, text: &str) -> Result<(), PrintError> {
        match self.data(text) {
            // `provision url | head -0` has what it wants.
            Err(error) if !error.is_broken_pipe() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// A piece of the result on stdout, at once.
    pub fn data(self, text: &str) -> Result<(), PrintError> {
        let mut stdout = anstream::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(PrintError::Stdout)
    }

    /// Bytes of the result on stdout, at once and as they are.
    pub fn raw(self, bytes: &[u8]) -> Result<(), PrintError> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .map_err(PrintError::Stdout)
    }

    /// A line on stderr, whole: an answer that comes on stdout meanwhile does not get into it. There is nobody to
    /// tell when that fails.
    pub fn say(self, text: &impl Display) {
        let stderr = io::stderr();
        let mut line = AutoStream::new(Vec::new(), AutoStream::choice(&stderr));
        // Writing to memory does not fail.
        let _ = writeln!(line, "{}", self.as_typed(text));
        drop(stderr.lock().write_all(&line.into_inner()));
    }

    fn as_typed(self, text: &impl Display) -> String {
        let text = text.to_string();
        match self.typed {
            None => text,
            Some(typed) => text.replace("`provision ", &format!("`{typed} ")),
        }
    }

    /// A line on stderr for `--verbose`.
    pub fn detail(self, text: &impl Display) {
        if self.verbose {
            self.say(&format_args!("{DIM}{text}{DIM:#}"));
        }
    }

    /// Something the user should know, although it is no failure.
    pub fn warn(self, text: &impl Display) {
        self.say(&format_args!("{YELLOW}warning:{YELLOW:#} {text}"));
    }

    /// Asks on the terminal; `None` when nobody answers any more (Ctrl-D).
    pub fn ask(self, prompt: &str) -> Option<String> {
        let mut stderr = anstream::stderr().lock();
        write!(stderr, "{prompt}")
            .and_then(|()| stderr.flush())
            .ok()?;
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer).ok()?;
        (read > 0).then(|| answer.trim().to_owned())
    }

    /// Asks on the terminal; anything but `y` or `yes` means no.
    pub fn confirm(self, question: &str) -> bool {
        let answer = self.ask(&format!("{question} [y/N] ")).unwrap_or_default();
        matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")
    }
}

/// Whether there is somebody to ask.
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

const YELLOW: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
const DIM: Style = Style::new().dimmed();
