//! The gateway's events as a person reads them in a terminal, each agent in a colour of its own.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Deserialize;

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

/// Renders one answer; styles are ANSI and left for the printer to strip.
#[derive(Debug, Default)]
pub struct Transcript {
    agents: Vec<String>,
    speaking: Option<String>,
    end: Option<End>,
}

/// How the answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Complete,
    Failed,
}

#[derive(Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Data {
    Status {
        agent: String,
        state: String,
    },
    Chunk {
        content: String,
        agent: String,
    },
    Complete {
        execution_time: u64,
        chunk_count: u64,
        total_bytes: u64,
        usage: Usage,
    },
    Error {
        error: String,
        message: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
}

impl Transcript {
    /// What to print for an event; `data` is its JSON.
    pub fn event(&mut self, data: &str) -> String {
        let mut out = String::new();
        match serde_json::from_str(data) {
            Ok(Data::Status { agent, state }) => {
                let style = self.style(&agent);
                self.hush(&mut out);
                // Writing to a string can't fail, here and below.
                let _ = writeln!(out, "{style}{agent}{style:#} {DIM}{state}{DIM:#}");
            }
            Ok(Data::Chunk { content, agent }) => {
                if self.speaking.as_ref() != Some(&agent) {
                    self.hush(&mut out);
                    let style = self.style(&agent).bold();
                    let _ = writeln!(out, "\n{style}{agent}{style:#}");
                    self.speaking = Some(agent.clone());
                }
                let style = self.style(&agent);
                let _ = write!(out, "{style}{}{style:#}", printable(&content));
            }
            Ok(Data::Complete {
                execution_time,
                chunk_count,
                total_bytes,
                usage,
            }) => {
                self.hush(&mut out);
                self.end = Some(End::Complete);
                let seconds = execution_time / 1000;
                let tenths = execution_time % 1000 / 100;
                let _ = writeln!(
                    out,
                    "\n{BOLD}complete{BOLD:#} in {seconds}.{tenths} s, {chunk_count} chunks, \
                     {total_bytes} bytes, {} tokens in, {} out",
                    usage.input_tokens, usage.output_tokens
                );
            }
            Ok(Data::Error { error, message }) => {
                self.hush(&mut out);
                self.end = Some(End::Failed);
                let message = printable(&message);
                let _ = writeln!(out, "\n{FAILED}failed{FAILED:#}: {message} ({error})");
            }
            // Traces are for machines; what this version does not know is passed over.
            Ok(Data::Other) | Err(_) => {}
        }
        out
    }

    /// How the answer ended; `None` when it has not, which after the last byte is a failure too.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    fn hush(&mut self, out: &mut String) {
        if self.speaking.take().is_some() {
            out.push('\n');
        }
    }

    fn style(&mut self, agent: &str) -> Style {
        let known = self.agents.iter().position(|name| name == agent);
        let index = known.unwrap_or_else(|| {
            self.agents.push(agent.to_owned());
            self.agents.len() - 1
        });
        let colour = COLOURS.get(index % COLOURS.len()).copied();
        colour.map_or_else(Style::new, AnsiColor::on_default)
    }
}

/// An agent's text must not move the cursor or rename the terminal.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| *character == '\n' || *character == '\t' || !character.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(events: &[&str]) -> (String, Option<End>) {
        let mut transcript = Transcript::default();
        let text: String = events.iter().map(|data| transcript.event(data)).collect();
        (
            anstream::adapter::strip_str(&text).to_string(),
            transcript.end(),
        )
    }

    #[test]
    fn shows_who_says_what_and_how_it_ended() {
        let (text, end) = plain(&[
            r#"{"type":"start","sessionId":"s"}"#,
            r#"{"type":"status","agent":"CASPAR","state":"thinking"}"#,
            r#"{"type":"chunk","agent":"CASPAR","content":"賛成。","chunkNumber":1}"#,
            r#"{"type":"status","agent":"CASPAR","state":"done"}"#,
            r#"{"type":"chunk","agent":"SOLOMON","content":"可","chunkNumber":2}"#,
            r#"{"type":"chunk","agent":"SOLOMON","content":"決\u001b]0;x\u0007","chunkNumber":3}"#,
            r#"{"type":"complete","executionTime":12345,"chunkCount":3,"totalBytes":15,"usage":{"inputTokens":1,"outputTokens":2}}"#,
        ]);

        assert_eq!(end, Some(End::Complete));
        insta::assert_snapshot!(text, @"
        CASPAR thinking

        CASPAR
        賛成。
        CASPAR done

        SOLOMON
        可決]0;x

        complete in 12.3 s, 3 chunks, 15 bytes, 1 tokens in, 2 out
        ");
    }

    #[test]
    fn a_failure_and_a_missing_end_are_not_a_success() {
        let (text, end) = plain(&[r#"{"type":"error","error":"idle","message":"too long"}"#]);
        assert_eq!(
            (text.as_str(), end),
            ("\nfailed: too long (idle)\n", Some(End::Failed))
        );

        assert_eq!(
            plain(&[r#"{"type":"chunk","agent":"a","content":"x"}"#]).1,
            None
        );
    }
}
