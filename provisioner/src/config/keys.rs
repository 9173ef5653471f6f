//! The keys that maps in gateway.yaml may have: what others own is refused here.

use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::Deserializer;

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

impl<'de> Deserialize<'de> for VariableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Checked(PhantomData))
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

impl<'de> Deserialize<'de> for TagKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Checked(PhantomData))
    }
}
