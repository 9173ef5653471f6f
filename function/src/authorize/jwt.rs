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

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

pub use issuer::{Issuer, IssuerError};
use keys::KeyCache;
pub use token::Subject;
use token::{Invalid, Token};

use crate::refusal::Refusal;
use crate::settings::TokenRules;

/// Accepts the tokens of one issuer for some audiences.
#[derive(Debug)]
pub struct JwtVerifier {
    issuer: Issuer,
    rules: TokenRules,
    /// Never locked while anything is waited for.
    keys: Mutex<KeyCache>,
    /// Locked while keys are fetched. Only those who need new keys wait for it, and fetch them once: a
    /// token with a name that nobody knows holds up nobody whose key is there.
    fetching: tokio::sync::Mutex<()>,
}

impl JwtVerifier {
    /// Accepts tokens that `issuer` has signed and that keep the rules. Fetches nothing yet.
    pub fn new(issuer: Issuer, rules: TokenRules) -> Self {
        Self {
            issuer,
            rules,
            keys: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
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
            .check(self.issuer.url(), &self.rules, now)
            .map_err(refused)?;
        let reason = self.fetch_keys_for(&token, now).await;
        {
            let keys = self.keys();
            if !keys.may_be_used(now) {
                return Err(unavailable(reason));
            }
            keys.verify(&token).map_err(refused)?;
        }
        token.check_rights(&self.rules).map_err(refused)?;
        Ok(subject)
    }

    /// Fetches keys if this token needs others than are there; returns why they may be missing.
    async fn fetch_keys_for(&self, token: &Token<'_>, now: SystemTime) -> &'static str {
        const JUST_TRIED: &str = "issuer_just_tried";
        if !self.keys().must_be_fetched_for(token, now) {
            return JUST_TRIED;
        }
        let _fetching = self.fetching.lock().await;
        // Somebody else may have fetched them by now.
        if !self.keys().must_be_fetched_for(token, now) {
            return JUST_TRIED;
        }
        match self.issuer.fetch_keys().await {
            Ok(fetched) => {
                self.keys().store(fetched, now);
                JUST_TRIED
            }
            Err(error) => {
                self.keys().could_not_fetch(now);
                error.code()
            }
        }
    }

    fn keys(&self) -> MutexGuard<'_, KeyCache> {
        // Nothing panics while it is locked.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
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
    let (status, code) = match invalid {
        Invalid::Scope | Invalid::Group => (403, "insufficient_scope"),
        _ => (401, "invalid_token"),
    };
    Refusal::new(status, code, message).because(fault.code)
}

fn unavailable(reason: &'static str) -> Refusal {
    let message = "the issuer of the tokens can't be reached; try again in a minute";
    Refusal::new(503, "issuer_unavailable", message).because(reason)
}

#[cfg(test)]
mod tests;
