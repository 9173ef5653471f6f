//! Where in gateway.yaml a setting stands, for mistakes that show only when several settings are
//! seen together. The parser tells a place only where it fails, so it is made to fail there.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_yaml::Location;

/// The place of the value of `path`; nothing if there is no such value. `text` has been read without
/// a mistake before.
pub(super) fn position(text: &str, path: &[&str]) -> Option<Location> {
    let deserializer = serde_yaml::Deserializer::from_str(text);
    PathVisitor(path)
        .deserialize(deserializer)
        .err()?
        .location()
}

/// Fails at the end of the path, whatever stands there.
struct PathVisitor<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for PathVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PathVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self([first, rest @ ..]) = self else {
            return Err(A::Error::custom("the end of the path"));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == *first {
                return map.next_value_seed(PathVisitor(rest));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    /// A map whose entries are all commented out.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        match self {
            Self([]) => Err(E::custom("the end of the path")),
            Self([_, ..]) => Ok(()),
        }
    }
}
