//! Words that an agent repeats are told once. Pure, and flat in memory.
//!
//! Most frameworks stream an answer in pieces and send it whole afterwards: as a block, as a message, as
//! the result. A whole is left out only if it *equals* what was said, by its length and hash; otherwise
//! it is told. Blanks do not count in the comparison: some frameworks trim their wholes.

use super::heard::Form;

/// How many beginnings of repeatable words are remembered; the very first one always is.
const REMEMBERED: usize = 64;
/// Words that may be the next ones or a repetition, and repeat a single piece, are a repetition only if
/// they are at least this long: a short word may well be said twice.
const LONG: u64 = 24;

/// What one agent has said so far.
#[derive(Debug, Default)]
pub(super) struct Once {
    now: Mark,
    /// Where something began that may be repeated, oldest first.
    marks: Vec<Mark>,
    /// Up to where wholes of a name have repeated the words.
    repeated: Vec<(&'static str, u64)>,
    /// The name of the last words' form.
    last: Option<&'static str>,
    /// The next words begin something.
    begins: bool,
    /// The last words of the model that Strands has not sent a second time yet.
    echo: Option<String>,
}

/// A place in the words: how many bytes and pieces that are not blank came before it, and their hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Mark {
    length: u64,
    pieces: u64,
    hash: u64,
}

impl Once {
    /// Whether `text` has to be told: it is new, or it is not sure to be a repetition.
    pub(super) fn is_new(&mut self, form: Form, text: &str) -> bool {
        let is_new = match form {
            Form::Piece | Form::Model => true,
            Form::Again => !(self.begins && self.repeats("again", text, true)),
            Form::Echo => self.echo.take().is_none_or(|echo| echo != text),
            Form::Whole(name) => !self.repeats(name, text, false),
            Form::Unsure(name) => !self.repeats(name, text, true),
        };
        if is_new {
            self.say(form, text);
        }
        is_new
    }

    /// Whether a whole of this name equals words that have been told.
    pub(super) fn has_told(&mut self, name: &'static str, text: &str) -> bool {
        self.repeats(name, text, false)
    }

    /// What comes now may be repeated from here.
    pub(super) fn turn(&mut self) {
        self.begins = true;
    }

    fn say(&mut self, form: Form, text: &str) {
        let name = match form {
            Form::Piece | Form::Again => "piece",
            Form::Model | Form::Echo => "model",
            Form::Whole(name) | Form::Unsure(name) => name,
        };
        let is_whole = matches!(form, Form::Whole(_));
        if self.begins || is_whole || self.last != Some(name) {
            self.mark();
        }
        self.begins = is_whole;
        self.last = Some(name);
        self.now.add(text);
        self.echo = (form == Form::Model).then(|| text.to_owned());
        if matches!(form, Form::Whole(_) | Form::Unsure(_)) {
            self.repeat(name, self.now.length);
        }
    }

    fn mark(&mut self) {
        if self.marks.last() == Some(&self.now) {
            return;
        }
        if self.marks.len() >= REMEMBERED {
            self.marks.remove(1);
        }
        self.marks.push(self.now);
    }

    /// Whether `text` equals words between two marks that no whole of this name has repeated yet.
    fn repeats(&mut self, name: &'static str, text: &str, unsure: bool) -> bool {
        let mut whole = Mark::default();
        whole.add(text);
        let repeated = self.repeated.iter().find(|known| known.0 == name);
        let from = repeated.map_or(0, |known| known.1);
        if whole.length == 0 {
            // Blanks only: a repetition of nothing, unless they are all there is.
            return !unsure && self.now.length > from;
        }
        let ends = [self.now].into_iter();
        // What is unsure repeats only all that was said up to now.
        let earlier = self.marks.iter().rev().copied();
        let earlier = earlier.take(if unsure { 0 } else { REMEMBERED });
        let found = ends.chain(earlier).find(|end| {
            self.marks.iter().any(|begin| {
                begin.length >= from
                    && begin.length + whole.length == end.length
                    && end.hash_since(begin) == whole.hash
                    && (!unsure || end.pieces - begin.pieces > 1 || whole.length >= LONG)
            })
        });
        let Some(end) = found else {
            return false;
        };
        self.repeat(name, end.length);
        true
    }

    fn repeat(&mut self, name: &'static str, up_to: u64) {
        match self.repeated.iter_mut().find(|known| known.0 == name) {
            Some(known) => known.1 = known.1.max(up_to),
            None => self.repeated.push((name, up_to)),
        }
    }
}

/// A prime below 2^61, and a base: a polynomial hash, so that any stretch between two marks has one.
const PRIME: u64 = (1 << 61) - 1;
const BASE: u64 = 0x0b4c_39a1_5e7d_2f63;

impl Mark {
    fn add(&mut self, text: &str) {
        let before = self.length;
        for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            self.length += 1;
            self.hash = (multiply(self.hash, BASE) + u64::from(byte) + 1) % PRIME;
        }
        self.pieces += u64::from(self.length > before);
    }

    /// The hash of the words between `begin` and this.
    fn hash_since(&self, begin: &Self) -> u64 {
        let before = multiply(begin.hash, power(self.length - begin.length));
        (self.hash + PRIME - before) % PRIME
    }
}

fn multiply(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    // 2^61 is 1 modulo the prime.
    let low = u64::try_from(product & u128::from(PRIME)).unwrap_or(0);
    let high = u64::try_from(product >> 61).unwrap_or(0);
    (low + high) % PRIME
}

fn power(mut exponent: u64) -> u64 {
    let (mut result, mut base) = (1, BASE);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        exponent /= 2;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of these words.
    fn told(words: &[(Form, &str)]) -> String {
        let mut once = Once::default();
        let new = words.iter().filter(|(form, text)| {
            if text.is_empty() {
                once.turn();
                return false;
            }
            once.is_new(*form, text)
        });
        new.map(|(_, text)| *text).collect()
    }

    use Form::{Echo, Model, Piece, Unsure, Whole};

    #[test]
    fn a_whole_is_left_out_only_if_it_equals_what_was_said() {
        let message = Whole("message");
        assert_eq!(
            told(&[(Piece, "a "), (Piece, "b"), (message, "a b\n")]),
            "a b"
        );
        assert_eq!(told(&[(Piece, "a"), (message, "ab")]), "aab");
        assert_eq!(told(&[(Piece, "a"), (message, "b")]), "ab");
        assert_eq!(told(&[(message, "a"), (message, "a")]), "aa");
        let (block, result) = (Whole("block"), Whole("result"));
        assert_eq!(
            told(&[(Piece, "x"), (block, "x"), (message, "x"), (result, "x")]),
            "x"
        );
    }

    #[test]
    fn a_result_may_repeat_the_last_message_or_all_of_them() {
        let result = Whole("result");
        for whole in ["two", "onetwo"] {
            assert_eq!(
                told(&[(Piece, "one"), (Piece, ""), (Piece, "two"), (result, whole)]),
                "onetwo"
            );
        }
        // All messages once more, one by one.
        let repeated = [
            (Piece, "one"),
            (Piece, ""),
            (Piece, "two"),
            (result, "one"),
            (result, "two"),
        ];
        assert_eq!(told(&repeated), "onetwo");
    }

    #[test]
    fn what_strands_sends_twice_is_told_once_and_nothing_else_is_lost() {
        assert_eq!(
            told(&[(Model, "a"), (Echo, "a"), (Model, "a"), (Echo, "a")]),
            "aa"
        );
        assert_eq!(told(&[(Model, "a"), (Model, "a")]), "aa");
        assert_eq!(told(&[(Echo, "a"), (Echo, "a")]), "aa");
        assert_eq!(told(&[(Model, "a"), (Piece, "x"), (Echo, "b")]), "axb");
    }

    #[test]
    fn words_that_may_be_new_are_a_repetition_only_where_that_is_likely() {
        let string = Unsure("string");
        assert_eq!(told(&[(string, "ha"), (string, "ha")]), "haha");
        assert_eq!(told(&[(Piece, "a"), (string, "a")]), "aa");
        assert_eq!(told(&[(Piece, "a"), (Piece, "b"), (string, "ab")]), "ab");
        let long = "twenty-four bytes without blanks";
        assert_eq!(told(&[(Piece, long), (string, long)]), long);
        assert_eq!(told(&[(Piece, "x"), (string, " ")]), "x ");
    }

    #[test]
    fn a_message_that_repeats_the_one_before_in_one_piece_is_told_once() {
        let again = Form::Again;
        let words = [
            (again, "a"),
            (again, "b"),
            (again, ""),
            (again, "ab"),
            (again, ""),
        ];
        assert_eq!(told(&words), "ab");
        assert_eq!(told(&[(again, "a"), (again, ""), (again, "a")]), "aa");
        assert_eq!(told(&[(again, "a"), (again, "b"), (again, "ab")]), "abab");
    }

    #[test]
    fn memory_stays_flat_and_all_of_the_answer_is_still_known() {
        let mut once = Once::default();
        let mut all = String::new();
        for number in 0..10_000 {
            let text = format!("{number} ");
            once.turn();
            assert!(once.is_new(Piece, &text));
            all.push_str(&text);
        }
        assert!(once.marks.len() <= REMEMBERED);
        assert!(!once.is_new(Whole("result"), &all));
    }
}
