//! Turns bytes into text; a character may be cut in two between pieces.

/// Keeps the first bytes of a character until the rest of it comes.
#[derive(Debug, Default)]
pub(super) struct Characters {
    rest: Vec<u8>,
}

impl Characters {
    /// All characters that are complete with this piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> String {
        self.rest.extend_from_slice(piece);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let rest = self.rest.split_off(whole);
        let text = std::mem::replace(&mut self.rest, rest);
        String::from_utf8_lossy(&text).into_owned()
    }
}
