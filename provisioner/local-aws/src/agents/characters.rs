//! Bytes become text again although characters come cut in two.

/// The beginning of a character that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Characters {
    rest: Vec<u8>,
}

impl Characters {
    /// All whole characters up to here.
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
