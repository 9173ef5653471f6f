//! Where in gateway.yaml a setting stands, for mistakes that show only when several settings are
//! seen together: the parser knows positions, and tells them when it is made to fail there.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The parser's error with `message` at the value of `path`; nothing if there is no such value.
pub(super) fn complaint(text: &str, path: &[&str], message: &str) -> Option<serde_yaml::Error> {
    let deserializer = serde_yaml::Deserializer::from_str(text);
    Complaint { path, message }.deserialize(deserializer).err()
}

/// Follows the path, and fails at its end.
struct Complaint<'a> {
    path: &'a [&'a str],
    message: &'a str,
}

impl Complaint<'_> {
    fn at<E: de::Error>(&self) -> Result<(), E> {
        if self.path.is_empty() {
            Err(E::custom(self.message))
        } else {
            Ok(())
        }
    }
}

impl<'de> DeserializeSeed<'de> for Complaint<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Complaint<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.at()?;
        while let Some(key) = map.next_key::<String>()? {
            match self.path {
                [first, path @ ..] if *first == key => map.next_value_seed(Complaint {
                    path,
                    message: self.message,
                })?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.at()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.at()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.at()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.at()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.at()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        self.at()
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.at()
    }
}
