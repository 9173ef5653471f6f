//! A JSON value on each line.

use serde::de::IgnoredAny;

use super::message::{Message, TooLong, extend};

/// Lines, as far as they have not become messages yet.
#[derive(Debug, Default)]
pub(in crate::agent::speech) struct Lines(Vec<u8>);

impl Lines {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<Message>,
    ) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let (begin, ended) = rest.split_at(end);
            extend(&mut self.0, begin)?;
            rest = ended.get(1..).unwrap_or_default();
            self.end(messages);
        }
        extend(&mut self.0, rest)
    }

    /// The last line needs no line break.
    pub(super) fn end(&mut self, messages: &mut Vec<Message>) {
        let line = std::mem::take(&mut self.0);
        // JSON text sequences have a record separator before each value.
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x1e;
        if let Some(begin) = line.iter().position(|byte| !is_blank(byte)) {
            messages.push(Message::Value(
                line.get(begin..).unwrap_or_default().to_vec(),
            ));
        }
    }
}

/// The values of a whole body: one each line if each line is a value, or the body as one.
pub(super) fn values(body: Vec<u8>) -> Vec<Message> {
    let is_value = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text).is_ok();
    let mut lines = body
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let are_values = lines.clone().nth(1).is_some() && !is_value(&body) && lines.all(is_value);
    if !are_values {
        return vec![Message::Value(body)];
    }
    let mut messages = Vec::new();
    let mut parser = Lines::default();
    // No line is longer than the body, which was not too long.
    if parser.push(&body, &mut messages).is_ok() {
        parser.end(&mut messages);
    }
    messages
}
