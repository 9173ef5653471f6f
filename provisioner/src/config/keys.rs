//! The keys that maps in gateway.yaml may have: each only once, and what others own is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Unexpected, Visitor};

use super::values::{InvalidValue, TextVisitor};
use crate::deployment::names::{DEPLOYMENT_TAG, MANAGED_BY_TAG};
use crate::deployment::variables::OWN_VARIABLES;

/// An environment variable that the user may set on the function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
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
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let expected = if text.starts_with(OWN_VARIABLES) {
            "a name without `GATEWAY_`: those variables are made from the other settings"
        } else if Self::RESERVED.contains(&text) || text.starts_with("AWS_LAMBDA_") {
            "a name that Lambda does not reserve for itself"
        } else if !Self::is_valid(text) {
            "a letter, then at least one letter, digit or `_`"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(InvalidValue {
            value: text.to_owned(),
            expected,
        })
    }
}

/// The key of a tag that the user may set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
pub(super) struct TagKey(pub(super) String);

impl FromStr for TagKey {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // To IAM, keys that differ in nothing but capitals are the same.
        let ours = [MANAGED_BY_TAG, DEPLOYMENT_TAG].map(same_to_iam);
        let ours = ours.contains(&same_to_iam(text));
        let expected = if ours || is_aws(text) {
            "a key other than `aws:*` and those by which this tool knows its resources"
        } else if !is_tag(text) || !(1..=128).contains(&text.chars().count()) {
            "1 to 128 letters, digits, spaces or `_.:/=+-@`"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(InvalidValue {
            value: text.to_owned(),
            expected,
        })
    }
}

/// The value of a tag.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub(super) struct TagValue(pub(super) String);

impl FromStr for TagValue {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if is_tag(text) && !is_aws(text) && text.chars().count() <= 256 {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue {
            value: text.to_owned(),
            expected: "at most 256 letters, digits, spaces or `_.:/=+-@`, not beginning with `aws:`",
        })
    }
}

impl<'de> Deserialize<'de> for TagValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

/// What IAM tells keys apart by.
fn same_to_iam(key: &str) -> String {
    key.to_lowercase()
}

/// Fails if two keys are the same to IAM, which tags the role, though not to Lambda. It would refuse them after
/// other resources have been made.
/// Says which one, and why.
pub(super) fn distinct(tags: &BTreeMap<TagKey, TagValue>) -> Result<(), (&str, String)> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for TagKey(key) in tags.keys() {
        if let Some(other) = seen.insert(same_to_iam(key), key) {
            let message = format!(
                "to IAM, which does not tell capitals from small letters, it is the same key as `{other}`"
            );
            return Err((key, message));
        }
    }
    Ok(())
}

/// Fails if there are more tags than a resource may have.
pub(super) fn few(tags: &BTreeMap<TagKey, TagValue>) -> Result<(), String> {
    /// AWS takes 50 for a resource, and two are ours.
    const MOST: usize = 48;

    if tags.len() <= MOST {
        return Ok(());
    }
    Err(format!(
        "{} tags, and a resource may have {MOST} besides the two of this tool",
        tags.len()
    ))
}

/// AWS reserves such keys and values for itself.
fn is_aws(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("aws:")
}

/// IAM's pattern, `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`: the strictest of the services that are tagged.
fn is_tag(text: &str) -> bool {
    text.chars().all(|c| {
        let space = c.is_whitespace() && !c.is_control();
        c.is_alphabetic() || c.is_numeric() || space || "_.:/=+-@".contains(c)
    })
}

/// A map whose keys occur once each: YAML forbids more, and parsers take the last and say nothing.
/// What stands in the place of a map is not repeated: in `environment` it may be a secret.
pub(super) fn unique<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: FromStr<Err = InvalidValue> + Ord,
    V: Deserialize<'de>,
{
    deserializer.deserialize_any(MapVisitor(PhantomData))
}

/// The same, where it makes a difference whether there is a map.
pub(super) fn some_unique<'de, D, K, V>(deserializer: D) -> Result<Option<BTreeMap<K, V>>, D::Error>
where
    D: Deserializer<'de>,
    K: FromStr<Err = InvalidValue> + Ord,
    V: Deserialize<'de>,
{
    unique(deserializer).map(Some)
}

struct MapVisitor<K, V>(PhantomData<(K, V)>);

/// Refuses a value by its kind alone, where serde would say the value, too.
macro_rules! no_map {
    ($($visit:ident($value:ty) $kind:literal,)*) => {
        $(fn $visit<E: de::Error>(self, _: $value) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other($kind), &self))
        })*
    };
}

impl<'de, K: FromStr<Err = InvalidValue> + Ord, V: Deserialize<'de>> Visitor<'de>
    for MapVisitor<K, V>
{
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    /// A key whose entries are all commented out.
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    no_map! {
        visit_str(&str) "string",
        visit_bool(bool) "boolean",
        visit_i64(i64) "integer",
        visit_u64(u64) "integer",
        visit_i128(i128) "integer",
        visit_u128(u128) "integer",
        visit_f64(f64) "floating point",
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

impl<'de, K: FromStr<Err = InvalidValue>> DeserializeSeed<'de> for NewKey<'_, K> {
    type Value = K;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<K: FromStr<Err = InvalidValue>> Visitor<'_> for NewKey<'_, K> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<K, E> {
        if !self.seen.insert(text.to_owned()) {
            return Err(E::custom(format_args!("duplicate key `{text}`")));
        }
        TextVisitor(self.key).visit_str(text)
    }
}
