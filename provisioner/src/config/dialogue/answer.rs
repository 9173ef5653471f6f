//! `answer`: where the words are in a runtime's own messages, by JSON Pointers.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::config::pattern;
use crate::config::values::{InvalidValue, TextVisitor, text_setting};

/// The most pointers for one meaning; the function takes no more.
const MOST_POINTERS: usize = 8;

/// Where the words are in objects of a runtime's own. An object in which none of these finds anything is read
/// as everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Strings there are said to the user. What one of several pointers finds is left out if the others have said it
    /// already, as with a whole answer after its pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Pointers>,
    /// Strings there are the agent's reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Pointers>,
    /// If anything is there but null, false, 0 or nothing, the agent has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Pointers>,
    /// If anything is there but null, false, 0 or nothing, the answer is complete, and nothing after it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Pointers>,
    /// What is there is for nobody; all that no pointer names reaches clients as data.
    #[serde(skip_serializing_if = "Option::is_none")]
    ignore: Option<Pointers>,
}

text_setting!(
    /// A JSON Pointer (RFC 6901).
    Pointer,
    "a JSON Pointer such as `/data/text` or `/choices/0/text`",
    "^(/([^~/]|~[01])*)+$"
);

/// One pointer or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Pointers {
    One(Pointer),
    Several(Vec<Pointer>),
}

impl JsonSchema for Pointers {
    fn schema_name() -> Cow<'static, str> {
        "Pointers".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = pattern::schema(Pointer::PATTERN, Pointer::EXPECTED);
        json_schema!({
            "anyOf": [one, { "type": "array", "items": one, "maxItems": MOST_POINTERS }],
        })
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// Not serde's `untagged`, which would tell neither the place nor the reason.
struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = Pointers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or a list of them", Pointer::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Pointers, E> {
        TextVisitor(PhantomData).visit_str(text).map(Pointers::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Pointers, A::Error> {
        let mut pointers = Vec::new();
        while let Some(pointer) = values.next_element()? {
            if pointers.len() == MOST_POINTERS {
                let message = format!("at most {MOST_POINTERS} pointers are taken");
                return Err(de::Error::custom(message));
            }
            pointers.push(pointer);
        }
        Ok(Pointers::Several(pointers))
    }
}
