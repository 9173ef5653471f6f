//! Who may call, and who that is.

pub mod jwt;

use std::time::SystemTime;

use crate::aws::Roots;
use crate::caller::{Caller, Known};
use crate::refusal::Refusal;
use crate::request::event::FunctionUrlEvent;
use crate::settings::{Auth, Platform};
use jwt::{Issuer, IssuerError, JwtVerifier, Subject};

/// What callers have to prove.
#[derive(Debug)]
pub enum Authorizer {
    /// The function URL has checked a `SigV4` signature and names the signer.
    Iam,
    /// Callers send a token.
    Jwt(Box<JwtVerifier>),
    /// Anyone may call.
    None,
}

impl Authorizer {
    /// Makes what `auth` asks for. No issuer is asked for its keys yet.
    pub fn new(auth: &Auth, platform: &Platform) -> Result<Self, IssuerError> {
        Ok(match auth {
            Auth::Iam => Self::Iam,
            Auth::None => Self::None,
            Auth::Jwt(rules) => {
                let issuer = Issuer::new(rules.issuer.clone(), &Roots::new(platform)?)?;
                Self::Jwt(Box::new(JwtVerifier::new(issuer, rules.clone())))
            }
        })
    }

    /// Lets the caller through or says why not.
    pub async fn authorize(
        &self,
        event: &FunctionUrlEvent,
        now: SystemTime,
    ) -> Result<Caller, Refusal> {
        match self {
            Self::None => Ok(Caller::Anyone),
            Self::Iam => signer(event),
            Self::Jwt(verifier) => {
                let subject = verifier.verify(event.header("authorization"), now).await?;
                let Subject {
                    issuer,
                    subject,
                    claims,
                } = subject;
                Ok(Caller::Known(Known::by_token(&issuer, subject, claims)))
            }
        }
    }
}

/// The caller who signed the request. A function URL that checks signatures always names one.
fn signer(event: &FunctionUrlEvent) -> Result<Caller, Refusal> {
    let iam = event.signer();
    let arn = iam.and_then(|iam| iam.user_arn.as_deref());
    let signer = iam.and_then(|iam| iam.user_id.as_deref()).or(arn);
    let signer = signer.ok_or_else(|| {
        Refusal::new(
            403,
            "forbidden",
            "this gateway answers signed requests only; set AuthType AWS_IAM on its function URL",
        )
    })?;
    // Of `AROA…:session` only the role, because its sessions come and go.
    let principal = match signer.split_once(':') {
        Some((role, _session)) if signer.starts_with('A') => role,
        _ => signer,
    };
    Ok(Caller::Known(Known::by_signature(principal, arn)))
}
