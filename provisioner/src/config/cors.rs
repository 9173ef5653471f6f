//! Cross-origin settings of the function URL, as they are written. The function URL answers browsers;
//! the function itself adds nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::Deserializer;

use super::values::{InvalidValue, NumberVisitor, TextVisitor};
use crate::deployment::access::Cors;

/// Only the origins have to be given: the rest is what a page needs to ask a question.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorsYaml {
    /// Where the pages come from, such as `https://app.example.com`.
    allow_origins: BTreeSet<Origin>,
    /// The HTTP methods they may use.
    #[serde(default = "post_and_get")]
    allow_methods: BTreeSet<Method>,
    /// The request headers they may send.
    #[serde(default = "signing_headers")]
    allow_headers: BTreeSet<String>,
    /// The response headers they may read.
    #[serde(default)]
    expose_headers: BTreeSet<String>,
    /// Whether they may send cookies.
    #[serde(default)]
    allow_credentials: bool,
    /// How long a browser may remember the answer, in seconds.
    #[serde(default)]
    max_age_seconds: MaxAge,
}

/// How long a browser may remember the answer, in seconds.
#[derive(Debug, Clone, Copy)]
struct MaxAge(u32);

impl Default for MaxAge {
    fn default() -> Self {
        Self(600)
    }
}

impl<'de> Deserialize<'de> for MaxAge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = NumberVisitor {
            allows: |seconds| seconds <= 86_400,
            expected: "a whole number from 0 to 86400",
        };
        deserializer.deserialize_any(number).map(Self)
    }
}

impl JsonSchema for MaxAge {
    fn schema_name() -> Cow<'static, str> {
        "MaxAge".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 86400 })
    }
}

fn post_and_get() -> BTreeSet<Method> {
    ["GET", "POST"].map(|it| Method(it.to_owned())).into()
}

/// What a JSON body and a signature or token need.
fn signing_headers() -> BTreeSet<String> {
    [
        "authorization",
        "content-type",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    ]
    .map(str::to_owned)
    .into()
}

impl From<CorsYaml> for Cors {
    fn from(yaml: CorsYaml) -> Self {
        let CorsYaml {
            allow_origins,
            allow_methods,
            allow_headers,
            expose_headers,
            allow_credentials,
            max_age_seconds,
        } = yaml;
        Self {
            allow_credentials,
            allow_headers,
            allow_methods: allow_methods.into_iter().map(|it| it.0).collect(),
            allow_origins: allow_origins.into_iter().map(|it| it.0).collect(),
            expose_headers,
            max_age_seconds: max_age_seconds.0,
        }
    }
}

/// Where a page comes from, or everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
struct Origin(String);

impl FromStr for Origin {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        if text == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains('/')) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue {
            value: text.to_owned(),
            expected: "an origin such as `https://app.example.com`, without a path, or `*`",
        })
    }
}

/// An HTTP method that function URLs know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
struct Method(String);

impl FromStr for Method {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"].contains(&text) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue {
            value: text.to_owned(),
            expected: "GET, PUT, HEAD, POST, PATCH, DELETE or `*`",
        })
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(yaml: &str) -> Result<Cors, String> {
        serde_yaml::from_str::<CorsYaml>(yaml)
            .map(Cors::from)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn origins_suffice() {
        let cors = parsed("allow_origins: [https://a.example]").unwrap();

        let methods: Vec<&str> = cors.allow_methods.iter().map(String::as_str).collect();
        assert_eq!(methods, ["GET", "POST"]);
        assert!(cors.allow_headers.contains("content-type"));
        assert!(!cors.allow_credentials);
    }

    #[test]
    fn browsers_may_remember_the_answer_for_a_day() {
        let cors = parsed("{allow_origins: ['*'], max_age_seconds: 86400}").unwrap();
        assert_eq!(cors.max_age_seconds, 86_400);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (yaml, said) in [
            (
                "{allow_origins: ['*'], max_age_seconds: 86401}",
                "from 0 to 86400",
            ),
            ("allow_origins: [a.example]", "without a path"),
            ("allow_origins: [https://a.example/x]", "without a path"),
            ("{allow_origins: ['*'], allow_methods: [OPTIONS]}", "PATCH"),
            ("{}", "allow_origins"),
            ("{allow_origins: ['*'], origins: []}", "unknown field"),
        ] {
            let error = parsed(yaml).unwrap_err();
            assert!(error.contains(said), "{yaml}: {error}");
        }
    }
}
