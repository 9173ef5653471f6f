//! The SDK's values as JSON, named and nested as in the API reference.
//!
//! The SDK parses the JSON of the stream into types of its own and offers no way back, but clients
//! expect the names of the API reference.

mod shapes;

use std::collections::HashMap;

use aws_smithy_types::date_time::Format;
use aws_smithy_types::{Blob, DateTime, Document, Number};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// A value of AWS's API that has a form in JSON.
pub(super) trait Json {
    /// Its JSON; `null` for an absent value.
    fn json(&self) -> Value;
}

impl<T: Json> Json for Option<T> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::json)
    }
}

impl<T: Json> Json for Vec<T> {
    fn json(&self) -> Value {
        self.iter().map(T::json).collect()
    }
}

impl<T: Json> Json for HashMap<String, T> {
    fn json(&self) -> Value {
        let mut object = Map::new();
        for (key, value) in self {
            object.insert(key.clone(), value.json());
        }
        Value::Object(object)
    }
}

impl Json for String {
    fn json(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Json for Blob {
    /// In base64, as on the wire.
    fn json(&self) -> Value {
        Value::String(STANDARD.encode(self))
    }
}

impl Json for DateTime {
    /// ISO 8601, as on the wire.
    fn json(&self) -> Value {
        // Fails only for years beyond every calendar.
        self.fmt(Format::DateTime)
            .map_or(Value::Null, Value::String)
    }
}

impl Json for Document {
    fn json(&self) -> Value {
        match self {
            Self::Object(entries) => entries.json(),
            Self::Array(values) => values.iter().map(Self::json).collect(),
            Self::Number(Number::PosInt(number)) => (*number).into(),
            Self::Number(Number::NegInt(number)) => (*number).into(),
            Self::Number(Number::Float(number)) => (*number).into(),
            Self::String(text) => text.json(),
            Self::Bool(truth) => (*truth).into(),
            Self::Null => Value::Null,
        }
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Json for $type {
            fn json(&self) -> Value {
                (*self).into()
            }
        }
    )*};
}

plain!(i32, i64, f32, bool);

/// An object of the `members` that are not `null`, taken out of them; their names are the SDK's.
///
/// A slice and a loop: collecting arrays of each length would add 80 kB to the binary, because each
/// length gets sorting code of its own.
fn object(members: &mut [(&str, Value)]) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        if !value.is_null() {
            object.insert(camel_case(name), value.take());
        }
    }
    Value::Object(object)
}

/// The API's name of a member from the SDK's: `r#type` -> `type`, `trace_id` -> `traceId`.
fn camel_case(name: &str) -> String {
    let mut words = name.strip_prefix("r#").unwrap_or(name).split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(usize::from(!word.is_empty()));
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_called_as_in_the_api() {
        for (sdk, api) in [
            ("text", "text"),
            ("r#type", "type"),
            ("trace_id", "traceId"),
            ("s3_uri", "s3Uri"),
            ("operation_total_time_ms", "operationTotalTimeMs"),
        ] {
            assert_eq!(camel_case(sdk), api);
        }
    }
}
