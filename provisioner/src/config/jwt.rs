//! Whose tokens the function accepts with `auth: jwt`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::error::ConfigError;
use super::values::{InvalidValue, TextVisitor, text_setting};
use crate::deployment::access::Auth;

/// An OpenID Connect issuer, and for whom its tokens have to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    pub issuer: Issuer,
    /// At least one.
    pub audience: Vec<Audience>,
}

/// Whose tokens are accepted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JwtYaml {
    pub(super) issuer: Option<Issuer>,
    pub(super) audience: Option<Vec<Audience>>,
}

text_setting!(
    /// The address of an OpenID Connect issuer, exactly as its tokens spell it.
    Issuer,
    "the issuer's URL, as its tokens have it in `iss`: https without `?` or `#` (http only on this \
     machine)",
    is_issuer
);

text_setting!(
    /// The audience or client id that tokens are made for.
    Audience,
    "an audience or client id: 1 to 256 characters without spaces or commas",
    |text| (1..=256).contains(&text.chars().count())
        && !text.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control())
);

/// Keys that anybody on the way could exchange would prove nothing: plain http only to this machine.
fn is_issuer(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"?#\"<>\\^`{|}".contains(c);
    let authority = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    if text.len() > 512 || !text.chars().all(plain) {
        return false;
    }
    if let Some(rest) = text.strip_prefix("https://") {
        let authority = authority(rest);
        return !authority.is_empty() && !authority.contains('@');
    }
    text.strip_prefix("http://").is_some_and(|rest| {
        let authority = authority(rest);
        let host = authority.split(':').next().unwrap_or_default();
        matches!(host, "127.0.0.1" | "localhost")
    })
}

/// Who may call, and for `jwt` whose tokens count.
pub(super) fn access(
    auth: Option<Auth>,
    jwt: Option<JwtYaml>,
    wrong: &impl Fn(&[&str], &str) -> ConfigError,
) -> Result<(Auth, Option<Jwt>), ConfigError> {
    match (auth, jwt) {
        (None, Some(_)) => Err(wrong(&["jwt"], "has no effect without `auth: jwt`")),
        (Some(Auth::Jwt), None) => Err(wrong(
            &["auth"],
            "`jwt` needs to know whose tokens count: give `jwt: {issuer: …, audience: […]}`",
        )),
        (Some(Auth::Jwt), Some(JwtYaml { issuer, audience })) => {
            let issuer = issuer.ok_or_else(|| wrong(&["jwt"], "`issuer` missing"))?;
            let audience = audience.ok_or_else(|| wrong(&["jwt"], "`audience` missing"))?;
            if audience.is_empty() {
                return Err(wrong(&["jwt", "audience"], "at least one is needed"));
            }
            Ok((Auth::Jwt, Some(Jwt { issuer, audience })))
        }
        (auth, _) => Ok((auth.unwrap_or_default(), None)),
    }
}
