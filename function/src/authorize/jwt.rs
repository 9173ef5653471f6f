//! Callers with a token of an OpenID Connect issuer, for example Cognito.
//!
//! ```text
//! Authorization header -> token (parsed, claims checked) -> keys (which, or fetch them) -> signature
//!                                                             ^
//!                                              issuer: discovery and JWKS over HTTPS
//! ```

mod issuer;
mod keys;
mod token;

use std::time::SystemTime;

use tokio::sync::Mutex;

pub use issuer::{Issuer, IssuerError};
use keys::{Decision, KeyCache};
pub use token::Subject;
use token::{Invalid, Token};

use crate::refusal::Refusal;

/// Accepts the tokens of one issuer for some audiences.
#[derive(Debug)]
pub struct JwtVerifier {
    issuer: Issuer,
    audience: Vec<String>,
    /// Locked while keys are fetched, so that many callers at the same time fetch them once.
    keys: Mutex<KeyCache>,
}

impl JwtVerifier {
    /// Accepts tokens that `issuer` has signed for one of `audience`. Fetches nothing yet.
    pub fn new(issuer: Issuer, audience: Vec<String>) -> Self {
        Self {
            issuer,
            audience,
            keys: Mutex::default(),
        }
    }

    /// Checks the `Authorization` header's value.
    pub async fn verify(
        &self,
        authorization: Option<&str>,
        now: SystemTime,
    ) -> Result<Subject, Refusal> {
        let token = bearer(authorization)?;
        // A token that needs no key to be refused must not make us ask the issuer for keys.
        let token = Token::parse(token).map_err(refused)?;
        let subject = token
            .check(self.issuer.url(), &self.audience, now)
            .map_err(refused)?;

        let mut keys = self.keys.lock().await;
        let mut reason = "issuer_just_tried";
        if keys.decide(&token.header, now) == Decision::Fetch {
            match self.issuer.fetch_keys().await {
                Ok(fetched) => keys.store(fetched, now),
                Err(error) => {
                    keys.could_not_fetch(now);
                    reason = error.code();
                }
            }
        }
        if !keys.may_be_used(now) {
            return Err(unavailable(reason));
        }
        let key = keys
            .find(&token.header)
            .ok_or_else(|| refused(Invalid::UnknownKey))?;
        key.verify(&token).map_err(refused)?;
        Ok(subject)
    }
}

fn bearer(authorization: Option<&str>) -> Result<&str, Refusal> {
    let scheme_and_token = authorization.and_then(|value| value.trim().split_once(' '));
    match scheme_and_token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Refusal::new(
            401,
            "unauthorized",
            "send a token: `authorization: Bearer …`",
        )),
    }
}

fn refused(invalid: Invalid) -> Refusal {
    let fault = invalid.describe();
    let message = format!("the token is not accepted: {}", fault.sentence);
    Refusal::new(401, "invalid_token", message).because(fault.code)
}

fn unavailable(reason: &'static str) -> Refusal {
    let message = "the issuer of the tokens can't be reached; try again in a minute";
    Refusal::new(503, "issuer_unavailable", message).because(reason)
}

#[cfg(test)]
mod tests;
