//! The body of an agent's answer, which the network may cut anywhere, becomes messages. Pure, and
//! bounded: a message that is too long is refused, not kept.
//!
//! The content type says how a body is framed; where it does not, the first bytes do.

mod event_stream;
mod lines;
mod message;
mod sniff;
mod text;

use event_stream::EventStream;
use lines::Lines;
use message::extend;
pub(super) use message::{Message, TooLong};
use sniff::{Found, Sniff};
use text::Text;

/// A body, as far as it has not become messages yet.
#[derive(Debug)]
pub(super) enum Body {
    /// `text/event-stream`.
    Events(EventStream),
    /// A JSON value on each line.
    Lines(Lines),
    /// One JSON value, or text that is told at the end.
    Whole(Vec<u8>),
    /// Text that is told as it comes.
    Text(Text),
    /// The content type does not say, and the first bytes are still to come.
    Unknown(Sniff),
}

impl Body {
    /// For an answer of this content type.
    pub(super) fn new(content_type: &str) -> Self {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "text/event-stream" => Self::Events(EventStream::default()),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/jsonlines"
            | "application/json-lines"
            | "application/x-jsonlines"
            | "application/stream+json"
            | "application/json-seq" => Self::Lines(Lines::default()),
            "application/json" => Self::Whole(Vec::new()),
            _ => Self::Unknown(Sniff::default()),
        }
    }

    /// Whether it is known how the body is framed.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// How the body is framed, for people.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Events(_) => "event stream",
            Self::Lines(_) => "JSON lines",
            Self::Whole(_) => "one JSON value",
            Self::Text(_) => "text",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Takes the next bytes and appends the messages that they complete.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<Message>,
    ) -> Result<(), TooLong> {
        match self {
            Self::Events(events) => events.push(bytes, messages),
            Self::Lines(lines) => lines.push(bytes, messages),
            Self::Whole(whole) => extend(whole, bytes),
            Self::Text(text) => {
                messages.extend(text.push(bytes).map(Message::Text));
                Ok(())
            }
            Self::Unknown(sniff) => {
                let Some((found, bytes)) = sniff.push(bytes)? else {
                    return Ok(());
                };
                *self = Self::found(found);
                self.push(&bytes, messages)
            }
        }
    }

    /// The rest, after the proper end of an answer: some agents omit the last line break.
    pub(super) fn end(&mut self, messages: &mut Vec<Message>) -> Result<(), TooLong> {
        match self {
            Self::Events(events) => events.end(messages)?,
            Self::Lines(lines) => lines.end(messages),
            Self::Whole(whole) => {
                let whole = std::mem::take(whole);
                if !whole.trim_ascii().is_empty() {
                    messages.extend(lines::values(whole));
                }
            }
            Self::Text(text) => messages.extend(text.end().map(Message::Text)),
            Self::Unknown(sniff) => {
                let (found, bytes) = sniff.end();
                *self = Self::found(found);
                self.push(&bytes, messages)?;
                return self.end(messages);
            }
        }
        Ok(())
    }

    fn found(found: Found) -> Self {
        match found {
            Found::Events => Self::Events(EventStream::default()),
            Found::Lines => Self::Lines(Lines::default()),
            Found::Whole => Self::Whole(Vec::new()),
            Found::Text => Self::Text(Text::default()),
        }
    }
}

#[cfg(test)]
mod tests;
