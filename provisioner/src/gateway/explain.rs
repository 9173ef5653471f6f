//! What each message of an agent was taken for, as a person reads it: the function's `explain` events become
//! lines, a summary, and the setting that may help. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Deserialize;
use serde_json::Value;

use super::transcript::printable;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const UNKNOWN: Style = AnsiColor::Yellow.on_default().bold();
/// Where the words about a message begin.
const INDENT: &str = "       ";

/// Collects the explanations of one answer.
#[derive(Debug, Default)]
pub(crate) struct Explainer {
    last: Option<Alike>,
    messages: u64,
    /// How many messages became what, in order of appearance.
    became: Vec<(String, u64)>,
    /// The messages that were not understood: the first ones, and how many there are.
    unknown: (Vec<u64>, u64),
    /// Where their text may be, and how often.
    pointers: BTreeMap<String, u64>,
    is_redacted: bool,
}

/// Messages in a row that were taken for the same.
#[derive(Debug)]
struct Alike {
    framing: String,
    vocabulary: String,
    became: Vec<Became>,
    /// After the first one.
    more: u64,
    last: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Explanation {
    message: u64,
    content_type: Option<String>,
    framing: String,
    framed_by: String,
    vocabulary: String,
    became: Vec<Became>,
    pointer: Option<String>,
    excerpt: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Became {
    what: String,
    reason: Option<String>,
}

/// The word for what no vocabulary knows.
const NOT_UNDERSTOOD: &str = "unknown";
/// More numbers of messages than these are not listed.
const LISTED: usize = 8;

impl Explainer {
    /// What to print at an event; nothing unless it is an explanation.
    pub(crate) fn take(&mut self, event: &Value) -> Option<String> {
        if event["type"] != "explain" {
            return None;
        }
        let explanation = Explanation::deserialize(event).ok()?;
        let mut out = String::new();
        self.count(&explanation);
        let Explanation {
            message,
            content_type,
            framing,
            framed_by,
            vocabulary,
            became,
            pointer: _,
            excerpt,
        } = explanation;
        if let Some(content_type) = content_type {
            let content_type = match content_type.as_str() {
                "" => "no content type".to_owned(),
                named => format!("content type `{}`", printable(named)),
            };
            // Writing to a string can't fail, here and below.
            let _ = writeln!(
                out,
                "{content_type}; read as {framing}, by the {framed_by}\n"
            );
        }
        if let Some(last) = &mut self.last
            && (&last.framing, &last.vocabulary, &last.became) == (&framing, &vocabulary, &became)
        {
            last.more += 1;
            last.last = message;
            return Some(out);
        }
        self.close(&mut out);
        let words: Vec<String> = became.iter().map(Became::words).collect();
        let place = if framing == "between events" {
            " (between events)"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "{message:>5}  {vocabulary:<18}  {}{place}",
            words.join(", ")
        );
        if let Some(excerpt) = excerpt {
            for line in printable(&excerpt).lines() {
                let _ = writeln!(out, "{INDENT}{DIM}{line}{DIM:#}");
            }
        }
        self.last = Some(Alike {
            framing,
            vocabulary,
            became,
            more: 0,
            last: message,
        });
        Some(out)
    }

    /// What to print after the last event.
    pub(crate) fn rest(&mut self) -> String {
        let mut out = String::new();
        self.close(&mut out);
        out
    }

    /// What there was, and what may help.
    pub(crate) fn summary(&self) -> String {
        let mut out = String::new();
        if self.messages == 0 {
            out.push_str(
                "Nothing to explain: only the messages of AgentCore runtimes have to be made out, and none came\n",
            );
            return out;
        }
        let counts: Vec<String> = self
            .became
            .iter()
            .map(|(what, count)| format!("{count} {what}"))
            .collect();
        let _ = writeln!(
            out,
            "\n{BOLD}{} messages{BOLD:#}: {}",
            self.messages,
            counts.join(", ")
        );
        self.advise(&mut out);
        out
    }

    fn count(&mut self, explanation: &Explanation) {
        self.messages += 1;
        self.is_redacted |= explanation.excerpt.is_none();
        let is_unknown = |became: &Became| became.what == NOT_UNDERSTOOD;
        let is_understood = !explanation.became.iter().any(is_unknown);
        for Became { what, .. } in &explanation.became {
            // What nobody understands goes on as data, too.
            if what == "data" && !is_understood {
                continue;
            }
            let what = if what == NOT_UNDERSTOOD {
                "not understood"
            } else {
                what
            };
            match self.became.iter_mut().find(|(known, _)| known == what) {
                Some((_, count)) => *count += 1,
                None => self.became.push((what.to_owned(), 1)),
            }
        }
        if !is_understood {
            let (first, all) = &mut self.unknown;
            *all += 1;
            if first.len() < LISTED {
                first.push(explanation.message);
            }
            if let Some(pointer) = &explanation.pointer {
                *self.pointers.entry(pointer.clone()).or_default() += 1;
            }
        }
    }

    /// Tells how many more messages were like the last one.
    fn close(&mut self, out: &mut String) {
        if let Some(Alike { more, last, .. }) = self.last.take()
            && more > 0
        {
            let _ = writeln!(
                out,
                "{INDENT}{DIM}… and {more} more like it, up to message {last}{DIM:#}"
            );
        }
    }

    fn advise(&self, out: &mut String) {
        let (first, all) = &self.unknown;
        if *all == 0 {
            return;
        }
        let first_ones: Vec<String> = first.iter().map(u64::to_string).collect();
        let and_more = if *all > first.len() as u64 {
            ", …"
        } else {
            ""
        };
        let (messages, were, have) = if *all == 1 {
            ("message", "was", "it has")
        } else {
            ("messages", "were", "they have")
        };
        let _ = writeln!(
            out,
            "\n{UNKNOWN}{all} {messages} {were} not understood{UNKNOWN:#} ({}{and_more}). If {have} words for the \
             user, `answer` in\ngateway.yaml, beside the agent's `runtime`, says where they are:",
            first_ones.join(", ")
        );
        let likely = self.pointers.iter().max_by_key(|(_, count)| **count);
        let pointer = likely.map_or("/JSON/POINTER", |(pointer, _)| pointer);
        let _ = writeln!(out, "\n  answer:\n    text: {}", printable(pointer));
        if self.is_redacted {
            out.push_str(
                "\n`--trace full` shows how each message begins, where the deployment allows it\n",
            );
        }
    }
}

impl Became {
    fn words(&self) -> String {
        let Self { what, reason } = self;
        let (what, style) = match what.as_str() {
            NOT_UNDERSTOOD => ("not understood", UNKNOWN),
            what => (what, Style::new()),
        };
        let reason = reason.as_ref().map(|reason| format!(": {reason}"));
        format!(
            "{style}{}{style:#}{}",
            printable(what),
            printable(&reason.unwrap_or_default())
        )
    }
}

#[cfg(test)]
mod tests;
