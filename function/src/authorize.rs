//! Who may call, and who that is.

pub mod jwt;

use std::time::SystemTime;

use crate::aws::Roots;
use crate::request::Refusal;
use crate::request::event::FunctionUrlEvent;
use crate::settings::{Auth, Platform};
use jwt::{Issuer, IssuerError, JwtVerifier};

/// Who calls: sessions of one caller are out of reach for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody has been asked for a name.
    Anyone,
    /// A name that no other caller has.
    Known(String),
}

/// What callers have to show.
#[derive(Debug)]
pub enum Authorizer {
    /// The function URL has checked a `SigV4` signature and tells who signed.
    Iam,
    /// A token.
    Jwt(Box<JwtVerifier>),
    /// Nothing.
    None,
}

impl Authorizer {
    /// As `auth` asks for; nobody is asked for keys yet.
    pub fn new(auth: &Auth, platform: &Platform) -> Result<Self, IssuerError> {
        Ok(match auth {
            Auth::Iam => Self::Iam,
            Auth::None => Self::None,
            Auth::Jwt { issuer, audience } => {
                let issuer = Issuer::new(issuer.clone(), &Roots::new(platform)?)?;
                Self::Jwt(Box::new(JwtVerifier::new(issuer, audience.clone())))
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
                Ok(Caller::Known(format!(
                    "jwt:{}\n{}",
                    subject.issuer, subject.subject
                )))
            }
        }
    }
}

/// An event without a signer did not come through a function URL that checks signatures.
fn signer(event: &FunctionUrlEvent) -> Result<Caller, Refusal> {
    let signer = event.signer().and_then(|iam| {
        let id = iam.user_id.as_deref();
        id.or(iam.user_arn.as_deref())
    });
    let signer = signer.ok_or_else(|| {
        Refusal::new(
            403,
            "forbidden",
            "this gateway answers signed requests only; set AuthType AWS_IAM on its function URL",
        )
    })?;
    // Of `AROA…:session` the role: its sessions come and go.
    let principal = match signer.split_once(':') {
        Some((role, _session)) if signer.starts_with('A') => role,
        _ => signer,
    };
    Ok(Caller::Known(format!("iam:{principal}")))
}
