//! Cuts a text into the pieces in which it is said.

use bytes::Bytes;

use super::step::{Fill, Say};

/// A piece, and how long to wait after it, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) bytes: Bytes,
    pub(crate) pause: u64,
}

/// A reader rests at a full stop, and a moment at a comma.
const REST_AT: [(char, u64); 5] = [('\n', 6), ('。', 5), ('？', 5), ('—', 3), ('、', 2)];

impl Say {
    /// All pieces of the text.
    pub(crate) fn pieces(&self, text: &str) -> Vec<Piece> {
        let piece = |bytes: &[u8], pause| Piece {
            bytes: Bytes::copy_from_slice(bytes),
            pause,
        };
        match (self.characters, self.bytes) {
            (Some((from, to)), _) => {
                let pieces = cut_characters(text, from, to);
                pieces
                    .map(|text| piece(text.as_bytes(), self.every * rest_after(text)))
                    .collect()
            }
            (None, Some(length)) => {
                let pieces = text.as_bytes().chunks(length.max(1));
                pieces.map(|bytes| piece(bytes, self.every)).collect()
            }
            (None, None) => vec![piece(text.as_bytes(), self.every)],
        }
    }
}

impl Fill {
    /// The one piece.
    pub(crate) fn piece(&self) -> Bytes {
        let mut filled = Vec::with_capacity(self.bytes);
        let mut buffer = [0; 4];
        for character in self.text.chars().cycle() {
            let encoded = character.encode_utf8(&mut buffer).as_bytes();
            if filled.len() + encoded.len() > self.bytes {
                break;
            }
            filled.extend_from_slice(encoded);
        }
        // The rest is too short for another character.
        filled.resize(self.bytes, b'.');
        filled.into()
    }
}

/// Lengths differ, but are the same each time: a test may rely on them.
fn cut_characters(text: &str, from: usize, to: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut lot = 0_usize;
    std::iter::from_fn(move || {
        lot = lot.wrapping_mul(7).wrapping_add(5) % 1009;
        let length = from + lot % (to - from + 1);
        let end = rest
            .char_indices()
            .nth(length)
            .map_or(rest.len(), |(index, _)| index);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn rest_after(piece: &str) -> u64 {
    REST_AT
        .iter()
        .filter(|(mark, _)| piece.contains(*mark))
        .map(|(_, times)| *times)
        .max()
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "賢者は静かに、灯を見つめた。そして言う。";

    fn say(characters: Option<(usize, usize)>, bytes: Option<usize>) -> Say {
        Say {
            text: TEXT.to_owned(),
            characters,
            bytes,
            every: 40,
        }
    }

    fn joined(pieces: &[Piece]) -> Vec<u8> {
        pieces
            .iter()
            .flat_map(|piece| piece.bytes.to_vec())
            .collect()
    }

    #[test]
    fn pieces_of_characters_are_whole_and_of_different_lengths() {
        let pieces = say(Some((2, 6)), None).pieces(TEXT);

        assert_eq!(joined(&pieces), TEXT.as_bytes());
        let lengths: Vec<_> = pieces
            .iter()
            .map(|piece| std::str::from_utf8(&piece.bytes).unwrap().chars().count())
            .collect();
        let (last, others) = lengths.split_last().unwrap();
        assert!(
            others.iter().all(|length| (2..=6).contains(length)),
            "{lengths:?}"
        );
        assert!((1..=6).contains(last));
        assert!(
            others.iter().any(|length| *length != others[0]),
            "{lengths:?}"
        );
    }

    #[test]
    fn pieces_of_bytes_cut_characters() {
        let pieces = say(None, Some(5)).pieces(TEXT);

        assert_eq!(joined(&pieces), TEXT.as_bytes());
        assert!(std::str::from_utf8(&pieces[0].bytes).is_err());
    }

    #[test]
    fn without_a_length_it_is_one_piece() {
        assert_eq!(say(None, None).pieces(TEXT).len(), 1);
    }

    #[test]
    fn the_voice_rests_at_punctuation() {
        let pieces = say(Some((1, 1)), None).pieces("賢、者。");
        let pauses: Vec<_> = pieces.iter().map(|piece| piece.pause).collect();

        assert_eq!(pauses, [40, 80, 40, 200]);
    }

    #[test]
    fn a_filled_piece_has_exactly_its_length_and_whole_characters() {
        let fill = |bytes| Fill {
            bytes,
            text: "あい".to_owned(),
        };

        assert_eq!(fill(8).piece(), "あい..".as_bytes());
        assert_eq!(fill(9).piece(), "あいあ".as_bytes());
        assert_eq!(fill(0).piece(), "".as_bytes());
        assert_eq!(fill(1_000_000).piece().len(), 1_000_000);
    }
}
