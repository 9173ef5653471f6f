//! How a body is framed whose content type does not say.

use serde::de::IgnoredAny;

use super::message::{TooLong, extend};

/// The first bytes of a body.
#[derive(Debug, Default)]
pub(in crate::agent::speech) struct Sniff(Vec<u8>);

/// How the body turned out to be framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Events,
    Lines,
    /// One JSON value over several lines.
    Whole,
    Text,
}

/// The fields and the comment with which event streams begin.
const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b": "];

impl Sniff {
    /// The framing and all bytes so far, once they tell.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Option<(Found, Vec<u8>)>, TooLong> {
        extend(&mut self.0, bytes)?;
        Ok(self.found(false).map(|found| (found, self.take())))
    }

    /// The framing of a body that has ended.
    pub(super) fn end(&mut self) -> (Found, Vec<u8>) {
        (self.found(true).unwrap_or(Found::Text), self.take())
    }

    fn found(&self, ended: bool) -> Option<Found> {
        if !ended && "\u{feff}".as_bytes().starts_with(&self.0) {
            return None;
        }
        let begin = without_mark(&self.0);
        if FIELDS.iter().any(|field| begin.starts_with(field)) {
            return Some(Found::Events);
        }
        let may_be_field = FIELDS.iter().any(|field| field.starts_with(begin));
        let value = begin.trim_ascii_start();
        match value.first() {
            None | Some(_) if may_be_field && !ended => None,
            Some(b'{' | b'[' | b'"') => {
                let Some(line) = value.iter().position(|&byte| byte == b'\n') else {
                    return ended.then_some(Found::Whole);
                };
                let (line, _) = value.split_at(line);
                // Of JSON over several lines the first line is no value.
                let is_value = serde_json::from_slice::<IgnoredAny>(line).is_ok();
                Some(if is_value { Found::Lines } else { Found::Whole })
            }
            None => ended.then_some(Found::Text),
            Some(_) => Some(Found::Text),
        }
    }

    /// All bytes; a byte order mark is no text.
    fn take(&mut self) -> Vec<u8> {
        let bytes = std::mem::take(&mut self.0);
        without_mark(&bytes).to_vec()
    }
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}
