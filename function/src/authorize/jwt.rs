//! Callers who show a token of an OpenID Connect issuer, Cognito for example.
//!
//! ```text
//! Authorization header -> token (parsed, claims checked) -> keys (which, or fetch them) -> signature
//!                                                             ^
//!                                              issuer: discovery and JWKS over HTTPS
//! ```

mod issuer;
mod keys;
mod token;

use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

pub use issuer::{Issuer, IssuerError};
use keys::{Decision, KeyCache};
use token::Token;

use crate::request::Refusal;

/// Tokens of one issuer for some audiences.
#[derive(Debug)]
pub struct JwtVerifier {
    issuer: Issuer,
    audience: Vec<String>,
    /// Held while keys are fetched, so that many callers at once fetch them once.
    keys: Mutex<KeyCache>,
}

/// The claims that are needed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
}

impl JwtVerifier {
    /// Accepts what `issuer` has signed for one of `audience`. Nothing is fetched yet.
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
        // What can be refused without the issuer is refused before it is asked for anything.
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
            .ok_or_else(|| refused(token::Invalid::UnknownKey))?;
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

fn refused(invalid: token::Invalid) -> Refusal {
    let mut refusal = Refusal::new(
        401,
        "invalid_token",
        format!("the token is not accepted: {}", invalid.sentence()),
    );
    refusal.reason = Some(invalid.code());
    refusal
}

fn unavailable(reason: &'static str) -> Refusal {
    let mut refusal = Refusal::new(
        503,
        "issuer_unavailable",
        "the issuer of the tokens can't be reached; try again in a minute",
    );
    refusal.reason = Some(reason);
    refusal
}

/// How far clocks may differ.
const SKEW: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
