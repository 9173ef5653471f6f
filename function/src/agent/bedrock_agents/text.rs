//! Bytes that arrive in pieces become text without broken characters.

/// Holds back the first bytes of a character until the rest has come.
#[derive(Debug, Default)]
pub(super) struct Utf8Carry {
    /// The beginning of a character, three bytes at most.
    pending: Vec<u8>,
}

impl Utf8Carry {
    /// The whole characters so far; bytes that can't become one turn into U+FFFD.
    pub(super) fn push(&mut self, bytes: Vec<u8>) -> String {
        let mut joined = std::mem::take(&mut self.pending);
        if joined.is_empty() {
            joined = match String::from_utf8(bytes) {
                Ok(whole) => return whole,
                Err(broken) => broken.into_bytes(),
            };
        } else {
            joined.extend(bytes);
        }
        let mut text = String::with_capacity(joined.len());
        let mut chunks = joined.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            if chunks.peek().is_none() && may_continue(invalid) {
                self.pending = invalid.to_vec();
            } else if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    }

    /// U+FFFD for a character whose rest never came.
    pub(super) fn finish(&mut self) -> Option<&'static str> {
        let broken = !std::mem::take(&mut self.pending).is_empty();
        broken.then_some("\u{fffd}")
    }
}

/// Whether `bytes` begin a character that more bytes may complete.
fn may_continue(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(pieces: &[&[u8]]) -> String {
        let mut carry = Utf8Carry::default();
        let mut text: String = pieces
            .iter()
            .map(|piece| carry.push(piece.to_vec()))
            .collect();
        text.extend(carry.finish());
        text
    }

    #[test]
    fn joins_a_character_cut_anywhere() {
        let text = "賛成😀é。";
        for cut in 0..=text.len() {
            let (left, right) = text.as_bytes().split_at(cut);
            assert_eq!(joined(&[left, right]), text, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(joined(&bytes), text);
    }

    #[test]
    fn shows_broken_bytes_as_one_replacement_each() {
        assert_eq!(joined(&[b"a\xffb"]), "a\u{fffd}b");
        assert_eq!(joined(&[b"a\xe8\xb3"]), "a\u{fffd}");
        assert_eq!(joined(&[b"\xe8\xb3", b"x"]), "\u{fffd}x");
    }

    proptest! {
        #[test]
        fn any_bytes_cut_anywhere_read_as_if_they_came_at_once(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
            cut in 0_usize..64,
        ) {
            let (left, right) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(joined(&[left, right]), String::from_utf8_lossy(&bytes));
        }
    }
}
