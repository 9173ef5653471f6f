//! Text that streams, in UTF-8 that may be cut inside a character.

/// The bytes of a character whose end has not come yet.
#[derive(Debug, Default)]
pub(in crate::agent::speech) struct Text(Vec<u8>);

impl Text {
    /// The text that is whole now.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<String> {
        self.0.extend_from_slice(bytes);
        let whole = self.0.len() - incomplete(&self.0);
        let rest = self.0.split_off(whole);
        let text = String::from_utf8_lossy(&self.0).into_owned();
        self.0 = rest;
        Some(text).filter(|text| !text.is_empty())
    }

    /// What is left of a character that was cut off.
    pub(super) fn end(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.0);
        Some(String::from_utf8_lossy(&rest).into_owned()).filter(|text| !text.is_empty())
    }
}

/// How many bytes at the end begin a character that needs more.
fn incomplete(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3).enumerate();
    for (after, &byte) in last {
        let length = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return 0,
        };
        return if after + 1 < length { after + 1 } else { 0 };
    }
    0
}
