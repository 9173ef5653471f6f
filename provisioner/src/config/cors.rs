//! Cross-origin settings of the function URL, as they are written. The function URL answers browsers;
//! the function itself adds nothing.

mod origin;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::error::ConfigError;
use super::values::{InvalidValue, NumberVisitor, TextVisitor};
use crate::deployment::access::Cors;
use origin::Origin;

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
    #[serde(default = "client_headers")]
    allow_headers: BTreeSet<Header>,
    /// The response headers they may read.
    #[serde(default)]
    expose_headers: BTreeSet<Header>,
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

/// What a JSON body and a signature or token need, and what `OpenAI`'s client says about itself: a browser
/// asks for leave for each of them. The AI SDK and AG-UI's `HttpAgent` send nothing else.
fn client_headers() -> BTreeSet<Header> {
    [
        "authorization",
        "content-type",
        "openai-organization",
        "openai-project",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-stainless-arch",
        "x-stainless-helper-method",
        "x-stainless-lang",
        "x-stainless-os",
        "x-stainless-package-version",
        "x-stainless-retry-count",
        "x-stainless-runtime",
        "x-stainless-runtime-version",
        "x-stainless-timeout",
    ]
    .map(|name| Header(name.to_owned()))
    .into()
}

/// Refuses lists that Lambda does not take, and `*` together with credentials: to browsers it means itself
/// there and allows nothing; a URL that named each caller's own origin in its place would let every page of
/// the web ask with the cookies of its visitors.
pub(super) fn check(
    cors: Option<&CorsYaml>,
    wrong: &impl Fn(&[&str], &str) -> ConfigError,
) -> Result<(), ConfigError> {
    let Some(cors) = cors.cloned().map(Cors::from) else {
        return Ok(());
    };
    for (key, list, longest) in [
        ("allow_origins", &cors.allow_origins, 100),
        ("allow_methods", &cors.allow_methods, 6),
        ("allow_headers", &cors.allow_headers, 100),
        ("expose_headers", &cors.expose_headers, 100),
    ] {
        if cors.allow_credentials && list.contains("*") {
            let message = "`*` does not go with `allow_credentials: true`: list each one";
            return Err(wrong(&["cors", key], message));
        }
        if list.len() > longest {
            return Err(wrong(
                &["cors", key],
                &format!("Lambda takes at most {longest}"),
            ));
        }
    }
    Ok(())
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
            allow_headers: allow_headers.into_iter().map(|it| it.0).collect(),
            allow_methods: allow_methods.into_iter().map(|it| it.0).collect(),
            allow_origins: allow_origins.into_iter().map(|it| it.0).collect(),
            expose_headers: expose_headers.into_iter().map(|it| it.0).collect(),
            max_age_seconds: max_age_seconds.0,
        }
    }
}

/// The name of a header, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(inline)]
struct Header(String);

impl FromStr for Header {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if (1..=1024).contains(&text.len()) && text.bytes().all(is_token) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue {
            value: text.to_owned(),
            expected: "a header's name, such as `content-type`",
        })
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
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
            ("allow_origins: [a.example]", "`https://a.example`"),
            ("allow_origins: [https://a.example/x]", "without a path"),
            (
                "{allow_origins: ['*'], allow_headers: [a b]}",
                "a header's name",
            ),
            ("{allow_origins: ['*'], allow_methods: [OPTIONS]}", "PATCH"),
            ("{}", "allow_origins"),
            ("{allow_origins: ['*'], origins: []}", "unknown field"),
        ] {
            let error = parsed(yaml).unwrap_err();
            assert!(error.contains(said), "{yaml}: {error}");
        }
    }
}
