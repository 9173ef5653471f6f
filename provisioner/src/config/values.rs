//! The values that settings may have. A value is checked where it enters, so that the error can
//! point at the line of gateway.yaml or the flag it came from.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use super::pattern;
use crate::deployment::access::Auth;
use crate::deployment::word::word_setting;

/// A text setting: a newtype whose `FromStr` and `Deserialize` refuse what does not match `$pattern`, a regular
/// expression that Rust and JavaScript read alike, as the JSON Schema has it, too; or what `$allows` refuses, where
/// a pattern cannot say it.
macro_rules! text_setting {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $pattern:literal) => {
        text_setting!($(#[$doc])* $name, $expected, $pattern, |_| true);
    };
    ($(#[$doc:meta])* $name:ident, $expected:literal, $pattern:literal, $allows:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub struct $name(String);

        impl $name {
            /// What is allowed, as the end of "expected ...".
            pub const EXPECTED: &'static str = $expected;
            const PATTERN: &'static str = $pattern;

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                let allows: fn(&str) -> bool = $allows;
                if pattern::matches(Self::PATTERN, text) && allows(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidValue { value: text.to_owned(), expected: Self::EXPECTED })
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                pattern::schema(Self::PATTERN, Self::EXPECTED)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor(PhantomData))
            }
        }
    };
}
pub(super) use text_setting;

/// A value that a setting may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid value: `{value}`, expected {expected}")]
pub struct InvalidValue {
    pub value: String,
    pub expected: &'static str,
}

/// Parses a text where it stands, because only then the error knows its line and column.
#[derive(Debug)]
pub(super) struct TextVisitor<T>(pub(super) PhantomData<T>);

impl<T: FromStr<Err = InvalidValue>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|InvalidValue { value, expected }| {
            E::invalid_value(Unexpected::Str(&value), &expected)
        })
    }
}

text_setting!(
    /// The deployment's name. 58 characters, so that the role `NAME-role` fits IAM's 64.
    Name,
    "1 to 58 letters, digits, `-` or `_`",
    "^[A-Za-z0-9_-]{1,58}$"
);

text_setting!(
    /// An AWS Region's name.
    Region,
    "a Region such as `ap-northeast-1`",
    "^[a-z0-9]+(-[a-z0-9]+)+-[a-z0-9]*[0-9]$"
);

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct WholeNumber<const MIN: u16, const MAX: u16>(u16);

impl<const MIN: u16, const MAX: u16> WholeNumber<MIN, MAX> {
    /// A default, checked when it is compiled.
    pub(super) const fn new<const VALUE: u16>() -> Self {
        const { assert!(MIN <= VALUE && VALUE <= MAX) };
        Self(VALUE)
    }

    pub(super) fn get(self) -> u16 {
        self.0
    }
}

impl<'de, const MIN: u16, const MAX: u16> Deserialize<'de> for WholeNumber<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number from {MIN} to {MAX}");
        let number = NumberVisitor::<u16> {
            allows: |number| (MIN..=MAX).contains(&number),
            expected: &expected,
        };
        deserializer.deserialize_any(number).map(Self)
    }
}

impl<const MIN: u16, const MAX: u16> JsonSchema for WholeNumber<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("WholeNumber_{MIN}_{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// Checks a number where it stands, for the same reason as `TextVisitor`.
pub(super) struct NumberVisitor<'a, T> {
    pub(super) allows: fn(T) -> bool,
    pub(super) expected: &'a str,
}

impl<T: TryFrom<u64> + Copy> Visitor<'_> for NumberVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::try_from(value)
            .ok()
            .filter(|number| (self.allows)(*number))
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }
}

/// For how long `CloudWatch` Logs keeps what is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetentionDays(u16);

impl RetentionDays {
    /// What `PutRetentionPolicy` accepts.
    const ALLOWED: [u16; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];
    const EXPECTED: &str = "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, \
                            1096, 1827, 2192, 2557, 2922, 3288, 3653";

    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self(14)
    }
}

impl<'de> Deserialize<'de> for RetentionDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = NumberVisitor {
            allows: |days| Self::ALLOWED.contains(&days),
            expected: Self::EXPECTED,
        };
        deserializer.deserialize_any(number).map(Self)
    }
}

impl JsonSchema for RetentionDays {
    fn schema_name() -> Cow<'static, str> {
        "RetentionDays".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Self::ALLOWED })
    }
}

word_setting! {
    /// How `up` makes sure that what it has deployed works, before callers are left with it.
    Probe {
        /// `GET /healthz`: costs nothing and asks no agent.
        #[default]
        Health = "health",
        /// A question: proves that answers stream.
        Ask = "ask",
        /// Not at all.
        None = "none",
    }
}

word_setting! {
    /// How much of the agent's trace a caller may ask for.
    Trace {
        Off = "off",
        #[default]
        Summary = "summary",
        /// Prompts, too.
        Full = "full",
    }
}

impl FromStr for Auth {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let all = [Self::Iam, Self::Jwt, Self::None];
        let found = all.into_iter().find(|auth| auth.as_str() == text);
        found.ok_or_else(|| InvalidValue {
            value: text.to_owned(),
            expected: "iam, jwt or none",
        })
    }
}

impl clap::ValueEnum for Probe {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Health, Self::Ask, Self::None]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.as_str()))
    }
}
