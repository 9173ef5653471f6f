//! JSON as clients send it: broken characters are mended, lists and maps have a most, and a mistake is
//! one short sentence.
//!
//! The types that read a request hold texts and nothing else of what was sent: whatever they do not
//! name is skipped, not kept. So a request costs a small multiple of its own size.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The longest sentence about a mistake: serde would quote a text of any length.
const LONGEST_SENTENCE: usize = 400;
/// The longest text that serde may quote where something else was expected.
const LONGEST_QUOTED: usize = 200;

/// The replacement character, as an escape and in UTF-8: as long as what it replaces.
const REPLACEMENT: &[u8; 4] = b"fffd";
const REPLACEMENT_IN_UTF8: &[u8; 3] = b"\xef\xbf\xbd";

/// Replaces every half of a surrogate pair that stands alone (`\ud83d`) by U+FFFD, in place. Clients
/// that cut a text between the halves of an emoji send such JSON, and parsers refuse all of it.
pub fn mend(json: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = json[at..].iter().position(|&byte| byte == b'\\') {
        at += found;
        let Some(unit) = escaped_unit(&json[at..]) else {
            at += 2;
            if at >= json.len() {
                return;
            }
            continue;
        };
        let is_pair = is_high(unit) && escaped_unit(&json[at + 6..]).is_some_and(is_low);
        if !is_pair && (is_high(unit) || is_low(unit)) {
            json[at + 2..at + 6].copy_from_slice(REPLACEMENT);
        }
        at += if is_pair { 12 } else { 6 };
    }
}

/// The same for a text that [`mend`] could not reach because it was inside of another one.
pub fn mended(json: String) -> String {
    let mut bytes = json.into_bytes();
    mend(&mut bytes);
    // Can't fail: ASCII has replaced ASCII.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Makes text of bytes; halves of surrogate pairs that were encoded as if they were characters become
/// U+FFFD, in place. `None` for other bytes that are not UTF-8.
pub fn text(bytes: Vec<u8>) -> Option<String> {
    let mut bytes = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    for at in 0..bytes.len() {
        if let Some(three @ [0xed, 0xa0..=0xbf, 0x80..=0xbf]) = bytes.get_mut(at..at + 3) {
            three.copy_from_slice(REPLACEMENT_IN_UTF8);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Decodes a string literal without its quotes, in place; returns the length of the text. `None` for an
/// escape that JSON does not have.
pub fn unescape(literal: &mut [u8]) -> Option<usize> {
    let (mut from, mut to) = (0, 0);
    while from < literal.len() {
        let byte = literal[from];
        if byte != b'\\' {
            literal[to] = byte;
            (from, to) = (from + 1, to + 1);
            continue;
        }
        let short = match literal.get(from + 1)? {
            b'u' => None,
            b'b' => Some(8),
            b'f' => Some(12),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            same @ (b'"' | b'\\' | b'/') => Some(*same),
            _ => return None,
        };
        if let Some(byte) = short {
            literal[to] = byte;
            (from, to) = (from + 2, to + 1);
            continue;
        }
        let (unit, second) = (
            escaped_unit(&literal[from..])?,
            escaped_unit(literal.get(from + 6..).unwrap_or_default()),
        );
        let (code, length) = match second {
            Some(low) if is_high(unit) && is_low(low) => {
                let (high, low) = (u32::from(unit) - 0xd800, u32::from(low) - 0xdc00);
                (0x10000 + (high << 10) + low, 12)
            }
            _ => (u32::from(unit), 6),
        };
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut encoded = [0; 4];
        // An escape is never shorter than its character, so nothing unread is written over.
        for byte in character.encode_utf8(&mut encoded).bytes() {
            literal[to] = byte;
            to += 1;
        }
        from += length;
    }
    Some(to)
}

/// The UTF-16 unit of the escape that `json` begins with.
fn escaped_unit(json: &[u8]) -> Option<u16> {
    let [b'\\', b'u', digits @ ..] = json else {
        return None;
    };
    let digits = digits.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit: u16, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// A mistake in JSON, in a sentence that is never long.
pub fn sentence(mistake: &dyn fmt::Display) -> String {
    struct Short(String);
    impl fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for character in text.chars() {
                if self.0.len() >= LONGEST_SENTENCE {
                    self.0.push('…');
                    return Err(fmt::Error);
                }
                self.0.push(character);
            }
            Ok(())
        }
    }
    let mut short = Short(String::new());
    // Fails where the sentence is cut.
    let _ = write!(short, "{mistake}");
    short.0
}

/// Whether JSON of a value is that of an object.
pub fn is_object(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}

/// Whether a text is the JSON of an object or a list.
pub fn is_object_or_list(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['{', '['])
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether JSON of a value is that of a text.
pub fn is_text(json: &str) -> bool {
    json.trim_ascii_start().starts_with('"')
}

/// The text that JSON of a value stands for, without a copy where there are no escapes in it; `None` for
/// other values.
pub fn text_of(json: &str) -> Option<Cow<'_, str>> {
    let literal = json.trim_ascii().strip_prefix('"')?.strip_suffix('"')?;
    if literal.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(literal))
}

/// For a field that takes no text: a long one is refused by its length, because serde would quote it.
pub fn plain<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    no_text(<&RawValue>::deserialize(deserializer)?)
}

fn no_text<'de, T: Deserialize<'de>, E: Error>(raw: &'de RawValue) -> Result<T, E> {
    let raw = raw.get();
    if let Some(mistake) = long_text(raw) {
        return Err(E::custom(mistake));
    }
    serde_json::from_str(raw).map_err(|error| E::custom(inner(&error)))
}

// Apart from what is made anew for each type: the size of the binary counts.

fn long_text(raw: &str) -> Option<String> {
    let is_long = is_text(raw) && raw.len() > LONGEST_QUOTED;
    is_long.then(|| format!("invalid type: a text of {} bytes", raw.len()))
}

/// Reads an item of a list, which is no text; a mistake is told without its place in the item.
pub fn part<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, serde_json::Error> {
    match long_text(json) {
        Some(mistake) => Err(Error::custom(mistake)),
        None => serde_json::from_str(json).map_err(|error| Error::custom(inner(&error))),
    }
}

/// A mistake inside of a part, without its place in the part.
fn inner(error: &serde_json::Error) -> String {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let sentence = sentence(error);
    match sentence.strip_suffix(&position) {
        Some(sentence) => sentence.to_owned(),
        None => sentence,
    }
}

fn too_many<E: Error>(most: usize, what: &str) -> E {
    E::custom(format_args!("more than {most} {what}"))
}

/// The JSON of one value, as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(Box::<str>::from(raw).into()))
    }
}

impl fmt::Debug for Json {
    /// Without what the client wrote: it must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").finish_non_exhaustive()
    }
}

/// A list of at most `MOST` items, none of which is a text.
#[derive(Debug)]
pub struct AtMost<T, const MOST: usize>(pub Vec<T>);

impl<T, const MOST: usize> Default for AtMost<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for AtMost<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Items<T, MOST> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
                Err(E::custom("invalid type: a text, expected a list"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut read = Vec::new();
                while let Some(item) = items.next_element::<&RawValue>()? {
                    if read.len() == MOST {
                        return Err(too_many(MOST, "items in a list"));
                    }
                    read.push(no_text(item)?);
                }
                Ok(read)
            }
        }
        deserializer
            .deserialize_any(Items::<T, MOST>(PhantomData))
            .map(Self)
    }
}

/// A map of at most `MOST` entries.
#[derive(Debug)]
pub struct AtMostEntries<V, const MOST: usize>(pub HashMap<String, V>);

impl<'de, V: Deserialize<'de>, const MOST: usize> Deserialize<'de> for AtMostEntries<V, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V, const MOST: usize>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>, const MOST: usize> Visitor<'de> for Entries<V, MOST> {
            type Value = HashMap<String, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
                Err(E::custom("invalid type: a text, expected a map"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut read = HashMap::new();
                while let Some((key, value)) = entries.next_entry()? {
                    read.insert(key, value);
                    if read.len() > MOST {
                        return Err(too_many(MOST, "entries in a map"));
                    }
                }
                Ok(read)
            }
        }
        deserializer
            .deserialize_any(Entries::<V, MOST>(PhantomData))
            .map(Self)
    }
}

#[cfg(test)]
mod tests;
