//! Whose tokens the function accepts with `auth: jwt`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::attributes::Word;
use super::error::ConfigError;
use super::pattern;
use super::values::{InvalidValue, TextVisitor, text_setting};
use crate::deployment::access::Auth;

/// An OpenID Connect issuer, and for whom its tokens have to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    pub issuer: Issuer,
    /// At least one.
    pub audience: Vec<Audience>,
    /// Whether id tokens are refused.
    pub access_tokens_only: bool,
    /// All of these must be in a token.
    pub required_scopes: Vec<Word>,
    /// One of these must be in a token, if there are any.
    pub required_groups: Vec<Word>,
    /// The claims that agents are told, too, where they are told who calls.
    pub pass_claims: Vec<Word>,
}

impl Jwt {
    /// Every token of `issuer` for one of `audience`.
    pub fn new(issuer: Issuer, audience: Vec<Audience>) -> Self {
        Self {
            issuer,
            audience,
            access_tokens_only: false,
            required_scopes: Vec::new(),
            required_groups: Vec::new(),
            pass_claims: Vec::new(),
        }
    }
}

/// Whose tokens are accepted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JwtYaml {
    /// The issuer's URL, exactly as its tokens have it in `iss`.
    pub(super) issuer: Option<Issuer>,
    /// The audiences or client ids that tokens are made for; one of them has to be in the token.
    pub(super) audience: Option<Vec<Audience>>,
    /// Whether id tokens are refused.
    pub(super) access_tokens_only: Option<bool>,
    /// The scopes that a token must have, all of them.
    pub(super) required_scopes: Option<Vec<Word>>,
    /// The groups of which a token must have one.
    pub(super) required_groups: Option<Vec<Word>>,
    /// The claims that agents are told besides issuer and subject, with `pass_caller: true`.
    pub(super) pass_claims: Option<Vec<Word>>,
}

text_setting!(
    /// The address of an OpenID Connect issuer, exactly as its tokens spell it.
    Issuer,
    "the issuer's URL, as its tokens have it in `iss`: https without `?` or `#` (http only on this \
     machine)",
    // Over plain http anybody on the way could replace the issuer's keys, so it is allowed to this machine only.
    r"^(https://[!$-.0-;=A-\[\]_a-z~]+|http://(127\.0\.0\.1|localhost)(:[!$-.0-;=A-\[\]_a-z~]*)?)(/[!$-;=@-\[\]_a-z~]*)?$"
);

text_setting!(
    /// The audience or client id that tokens are made for.
    Audience,
    "an audience or client id: 1 to 256 characters without spaces or commas",
    r"^[^,\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]{1,256}$"
);

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
        (Some(Auth::Jwt), Some(jwt)) => {
            let JwtYaml {
                issuer,
                audience,
                access_tokens_only,
                required_scopes,
                required_groups,
                pass_claims,
            } = jwt;
            let issuer = issuer.ok_or_else(|| wrong(&["jwt"], "`issuer` missing"))?;
            let audience = audience.ok_or_else(|| wrong(&["jwt"], "`audience` missing"))?;
            if audience.is_empty() {
                return Err(wrong(&["jwt", "audience"], "at least one is needed"));
            }
            let jwt = Jwt {
                issuer,
                audience,
                access_tokens_only: access_tokens_only.unwrap_or_default(),
                required_scopes: required_scopes.unwrap_or_default(),
                required_groups: required_groups.unwrap_or_default(),
                pass_claims: pass_claims.unwrap_or_default(),
            };
            Ok((Auth::Jwt, Some(jwt)))
        }
        (auth, _) => Ok((auth.unwrap_or_default(), None)),
    }
}

/// Whether agents are told who calls.
pub(super) fn pass_caller(
    setting: Option<bool>,
    auth: Auth,
    jwt: Option<&Jwt>,
    wrong: &impl Fn(&[&str], &str) -> ConfigError,
) -> Result<bool, ConfigError> {
    let pass_caller = setting.unwrap_or_default();
    if pass_caller && auth == Auth::None {
        let message = "with `auth: none` nobody knows who calls; use `iam` or `jwt`";
        return Err(wrong(&["pass_caller"], message));
    }
    if !pass_caller && jwt.is_some_and(|jwt| !jwt.pass_claims.is_empty()) {
        let message = "has no effect without `pass_caller: true`";
        return Err(wrong(&["jwt", "pass_claims"], message));
    }
    Ok(pass_caller)
}
