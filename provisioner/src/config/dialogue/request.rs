//! `request`: any YAML, with placeholders in its strings. What is wrong is told where it stands; the function
//! checks it again (`settings/agents/request.rs` there).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// What a runtime is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Request(Value);

/// By name, and whether it is text; the others are lists, and stand alone in their strings.
const PLACEHOLDERS: [(&str, bool); 6] = [
    ("question", true),
    ("session", true),
    ("caller", true),
    ("files", false),
    ("history", false),
    ("messages", false),
];

impl Request {
    /// Whether it says what is asked.
    pub(in crate::config) fn asks(&self) -> bool {
        self.has(&["question", "messages"])
    }

    /// Whether it says who asks.
    pub(in crate::config) fn names_caller(&self) -> bool {
        self.has(&["caller"])
    }

    fn has(&self, names: &[&str]) -> bool {
        let mut found = false;
        each_string(&self.0, &mut |text| {
            // It has been read without a mistake before.
            let placeholders = placeholders(text).unwrap_or_default();
            found |= placeholders.iter().any(|name| names.contains(name));
        });
        found
    }
}

fn each_string(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter().for_each(|value| each_string(value, visit)),
        Value::Object(members) => members.values().for_each(|value| each_string(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The placeholders in a string, or what is wrong with them. `$${` writes `${`.
fn placeholders(text: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once("${") {
        rest = opened;
        if before.ends_with('$') {
            continue;
        }
        let Some((name, after)) = opened.split_once('}') else {
            return Err("`${` without `}`; to send `${` as it is, write `$${`".to_owned());
        };
        let Some((_, is_text)) = PLACEHOLDERS.iter().find(|(known, _)| *known == name) else {
            let known = PLACEHOLDERS.map(|(name, _)| format!("`${{{name}}}`"));
            return Err(format!(
                "there is no placeholder `${{{name}}}`, only {}; to send `${{` as it is, write `$${{`",
                known.join(", ")
            ));
        };
        if !is_text && text.len() > name.len() + "${}".len() {
            return Err(format!(
                "`${{{name}}}` is a list: it has to be the whole string"
            ));
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Checked.deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Request {
    fn schema_name() -> Cow<'static, str> {
        "Request".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["object", "array", "string"] })
    }
}

/// Reads a value and checks each string in it, so that the error is where the string is.
struct Checked;

impl<'de> DeserializeSeed<'de> for Checked {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what JSON has: objects, lists, strings, numbers, true, false, null")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        let number = number.ok_or_else(|| E::custom("JSON has no such number"))?;
        Ok(number.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        placeholders(text).map_err(E::custom)?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element_seed(Self)? {
            list.push(value);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut seen = BTreeSet::new();
        let mut members = Map::new();
        while let Some(key) = map.next_key_seed(Key(&mut seen))? {
            members.insert(key, map.next_value_seed(Self)?);
        }
        Ok(members.into())
    }
}

/// A key that has not been there before, without placeholders.
struct Key<'a>(&'a mut BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        if !placeholders(text).map_err(E::custom)?.is_empty() {
            let message = format!("placeholders stand in values, and `{text}` is a key");
            return Err(E::custom(message));
        }
        if !self.0.insert(text.to_owned()) {
            return Err(E::custom(format_args!("duplicate key `{text}`")));
        }
        Ok(text.to_owned())
    }
}
