//! Words that gateway.yaml lists: session attributes, scopes, groups, claims. The function is told such a list
//! with commas in between.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::pattern;
use super::values::{InvalidValue, TextVisitor, text_setting};

/// What the names begin with under which the function tells agents who calls.
const RESERVED: &str = "gateway";

text_setting!(
    /// A session attribute that callers may set.
    AttributeName,
    "a name of 1 to 256 characters without commas, which does not begin with `gateway`",
    r"^[^,\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]([^,\u0000-\u001f\u007f-\u009f]{0,254}[^,\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])?$",
    |text| !text
        .get(..RESERVED.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(RESERVED))
);

text_setting!(
    /// A scope, a group or the name of a claim.
    Word,
    "a word of 1 to 256 characters without commas",
    r"^[^,\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]([^,\u0000-\u001f\u007f-\u009f]{0,254}[^,\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])?$"
);
