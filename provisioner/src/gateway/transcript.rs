//! An answer as a person reads it in a terminal, each agent in a colour of its own. What the wire
//! says in one dialect or another, a reader turns into `Event`; showing it is the same for all.

pub(crate) mod ag_ui;
pub(crate) mod ai_sdk;
pub(crate) mod magi;
pub(crate) mod open_ai;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

const COLOURS: [AnsiColor; 5] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Blue,
];
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const FAILED: Style = AnsiColor::Red.on_default().bold();

/// Something that a person wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The session that the answer belongs to.
    Session(String),
    /// How people call an agent.
    Name { agent: String, name: String },
    /// An agent does something else from now on.
    Status { agent: String, state: String },
    /// A piece of an agent's answer.
    Text { agent: String, text: String },
    /// A piece of what an agent says to itself.
    Reasoning { agent: String, text: String },
    /// Something in one line: a tool, a source, a file.
    Note { agent: String, text: String },
    /// The answer is complete; the text tells how long it took and how much it was.
    Complete(String),
    /// The answer failed.
    Failure { code: String, message: String },
}

/// Renders one answer; styles are ANSI and left for the printer to strip.
#[derive(Debug, Default)]
pub struct Transcript {
    agents: Vec<String>,
    names: BTreeMap<String, String>,
    /// Who speaks, and whether to itself.
    speaking: Option<(String, bool)>,
    session: Option<String>,
    end: Option<End>,
}

/// How the answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Complete,
    Failed,
}

impl Transcript {
    /// What to print.
    pub(crate) fn show(&mut self, event: Event) -> String {
        let mut out = String::new();
        match event {
            Event::Session(id) => self.session = Some(id),
            Event::Name { agent, name } => {
                self.names.insert(agent, printable(&name));
            }
            Event::Status { agent, state } => {
                self.hush(&mut out);
                let (style, name) = self.agent(&agent);
                // Writing to a string can't fail, here and below.
                let _ = writeln!(
                    out,
                    "{style}{name}{style:#} {DIM}{}{DIM:#}",
                    printable(&state)
                );
            }
            Event::Text { agent, text } => self.speak(&agent, &text, false, &mut out),
            Event::Reasoning { agent, text } => self.speak(&agent, &text, true, &mut out),
            Event::Note { agent, text } => {
                self.hush(&mut out);
                let (style, name) = self.agent(&agent);
                let text = printable(&text).replace('\n', " ");
                let _ = writeln!(out, "{style}{name}{style:#} {DIM}{text}{DIM:#}");
            }
            // An answer has one end: a second one is ignored.
            Event::Complete(_) | Event::Failure { .. } if self.end.is_some() => {}
            Event::Complete(summary) => {
                self.hush(&mut out);
                self.end = Some(End::Complete);
                let _ = writeln!(out, "\n{BOLD}complete{BOLD:#}{}", printable(&summary));
            }
            Event::Failure { code, message } => {
                self.hush(&mut out);
                self.end = Some(End::Failed);
                let (message, code) = (printable(&message), printable(&code));
                let _ = writeln!(out, "\n{FAILED}failed{FAILED:#}: {message} ({code})");
            }
        }
        out
    }

    /// How the answer ended; `None` when it has not, which after the last byte is a failure too.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// The session that the answer belongs to, if it said so.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    fn speak(&mut self, agent: &str, text: &str, to_itself: bool, out: &mut String) {
        let (style, name) = self.agent(agent);
        let speaker = (agent.to_owned(), to_itself);
        if self.speaking.as_ref() != Some(&speaker) {
            self.hush(out);
            let bold = style.bold();
            let _ = writeln!(out, "\n{bold}{name}{bold:#}");
            self.speaking = Some(speaker);
        }
        let style = if to_itself { DIM } else { style };
        let _ = write!(out, "{style}{}{style:#}", printable(text));
    }

    fn hush(&mut self, out: &mut String) {
        if self.speaking.take().is_some() {
            out.push('\n');
        }
    }

    fn agent(&mut self, agent: &str) -> (Style, String) {
        let known = self.agents.iter().position(|name| name == agent);
        let index = known.unwrap_or_else(|| {
            self.agents.push(agent.to_owned());
            self.agents.len() - 1
        });
        let colour = COLOURS.get(index % COLOURS.len()).copied();
        let style = colour.map_or_else(Style::new, AnsiColor::on_default);
        let name = self.names.get(agent).cloned();
        (style, name.unwrap_or_else(|| printable(agent)))
    }
}

/// An agent's text must not move the cursor or rename the terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| *character == '\n' || *character == '\t' || !character.is_control())
        .collect()
}

#[cfg(test)]
mod tests;
