//! The keys that maps in gateway.yaml may have: each only once, and what others own is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::values::{Checked, Refused};
use crate::desired::OWN_VARIABLES;
use crate::state::{DEPLOYMENT_TAG, MANAGED_BY_TAG};

/// An environment variable that the user may set on the function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VariableName(pub(super) String);

impl VariableName {
    /// What Lambda sets itself and refuses from us, besides `AWS_LAMBDA_*`.
    const RESERVED: [&str; 12] = [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    ];

    /// Lambda's own pattern: a letter, then at least one letter, digit or `_`.
    fn is_valid(text: &str) -> bool {
        text.len() >= 2
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl FromStr for VariableName {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let expected = if text.starts_with(OWN_VARIABLES) {
            "a name without `GATEWAY_`: those variables are made from the other settings"
        } else if Self::RESERVED.contains(&text) || text.starts_with("AWS_LAMBDA_") {
            "a name that Lambda does not reserve for itself"
        } else if !Self::is_valid(text) {
            "a letter, then at least one letter, digit or `_`"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Refused {
            value: text.to_owned(),
            expected,
        })
    }
}

/// The key of a tag that the user may set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TagKey(pub(super) String);

impl FromStr for TagKey {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let ours = [MANAGED_BY_TAG, DEPLOYMENT_TAG].contains(&text);
        if ours || text.to_ascii_lowercase().starts_with("aws:") || text.is_empty() {
            return Err(Refused {
                value: text.to_owned(),
                expected: "a key other than `aws:*` and those by which this tool knows its resources",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// A map whose keys occur once each: YAML forbids more, and parsers take the last and say nothing.
pub(super) fn unique<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: FromStr<Err = Refused> + Ord,
    V: Deserialize<'de>,
{
    deserializer.deserialize_any(Unique(PhantomData))
}

/// The same, where it makes a difference whether there is a map.
pub(super) fn some_unique<'de, D, K, V>(deserializer: D) -> Result<Option<BTreeMap<K, V>>, D::Error>
where
    D: Deserializer<'de>,
    K: FromStr<Err = Refused> + Ord,
    V: Deserialize<'de>,
{
    unique(deserializer).map(Some)
}

struct Unique<K, V>(PhantomData<(K, V)>);

impl<'de, K: FromStr<Err = Refused> + Ord, V: Deserialize<'de>> Visitor<'de> for Unique<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    /// A key whose entries are all commented out.
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key_seed(NewKey {
            seen: &mut seen,
            key: PhantomData,
        })? {
            entries.insert(key, map.next_value()?);
        }
        Ok(entries)
    }
}

/// A key that has not been there before; checked where it stands, so that the error can point at it.
struct NewKey<'a, K> {
    seen: &'a mut BTreeSet<String>,
    key: PhantomData<K>,
}

impl<'de, K: FromStr<Err = Refused>> DeserializeSeed<'de> for NewKey<'_, K> {
    type Value = K;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<K: FromStr<Err = Refused>> Visitor<'_> for NewKey<'_, K> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<K, E> {
        if !self.seen.insert(text.to_owned()) {
            return Err(E::custom(format_args!("duplicate key `{text}`")));
        }
        Checked(self.key).visit_str(text)
    }
}
