//! Server-sent events, as the standard reads them; and what stands between them, for agents that do not
//! write them as the standard asks. Ids are not kept: they serve a reader that comes back for the rest, and nobody
//! can come back for an answer of `InvokeAgentRuntime`.

use super::message::{Message, TooLong, extend};

/// An event stream, as far as it has not become messages yet.
#[derive(Debug, Default)]
pub(in crate::agent::speech) struct EventStream {
    /// The line so far.
    line: Vec<u8>,
    /// The last byte was CR. An LF after it belongs to the same line break.
    after_cr: bool,
    /// The stream has begun: a byte order mark is text from now on.
    begun: bool,
    /// The `event` line of the event so far.
    name: Option<String>,
    /// The `data` lines of the event so far.
    data: Option<Vec<u8>>,
    gap: Gap,
}

/// What the last lines were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// A field or a comment, or nothing yet.
    #[default]
    Field,
    /// The end of an event, and blank lines only since then.
    Blank,
}

impl EventStream {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<Message>,
    ) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some((&first, tail)) = rest.split_first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                rest = tail;
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let Some(end) = end else {
                return extend(&mut self.line, rest);
            };
            let (begin, ended) = rest.split_at(end);
            extend(&mut self.line, begin)?;
            self.after_cr = ended.starts_with(b"\r");
            rest = ended.get(1..).unwrap_or_default();
            self.end_of_line(messages)?;
        }
        Ok(())
    }

    /// What is left is an event, too: some agents omit the last blank line.
    pub(super) fn end(&mut self, messages: &mut Vec<Message>) -> Result<(), TooLong> {
        if !self.line.is_empty() {
            self.end_of_line(messages)?;
        }
        if self.data.is_some() {
            self.dispatch(messages);
        }
        Ok(())
    }

    fn end_of_line(&mut self, messages: &mut Vec<Message>) -> Result<(), TooLong> {
        let line = std::mem::take(&mut self.line);
        let is_first = !std::mem::replace(&mut self.begun, true);
        let line = match line.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) if is_first => rest,
            _ => &line,
        };
        if line.is_empty() {
            match (&self.data, self.gap) {
                (Some(_), _) => self.dispatch(messages),
                (None, Gap::Blank) => messages.push(Message::Between(b"\n".to_vec())),
                (None, Gap::Field) => self.name = None,
            }
            return Ok(());
        }
        let (field, value) = match line.iter().position(|&byte| byte == b':') {
            Some(colon) => {
                let (field, value) = line.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" => match &mut self.data {
                None => self.data = Some(value.to_vec()),
                Some(data) => {
                    extend(data, b"\n")?;
                    extend(data, value)?;
                }
            },
            b"event" => self.name = Some(String::from_utf8_lossy(value).into_owned()),
            b"" | b"id" | b"retry" => {}
            _ => return self.stray(line, messages),
        }
        self.gap = Gap::Field;
        Ok(())
    }

    /// A line of no field: the rest of a text with a line break in it.
    fn stray(&mut self, line: &[u8], messages: &mut Vec<Message>) -> Result<(), TooLong> {
        let mut between = Vec::new();
        if self.data.is_some() {
            self.dispatch(messages);
            between.push(b'\n');
        } else if self.gap == Gap::Blank {
            // The end of the event's line, and the blank line after it.
            between.extend_from_slice(b"\n\n");
        } else {
            between.push(b'\n');
        }
        extend(&mut between, line)?;
        messages.push(Message::Between(between));
        self.gap = Gap::Field;
        Ok(())
    }

    fn dispatch(&mut self, messages: &mut Vec<Message>) {
        let (name, data) = (self.name.take(), self.data.take().unwrap_or_default());
        messages.push(Message::Event { name, data });
        self.gap = Gap::Blank;
    }
}
