//! Who may call, and who that is.

pub mod jwt;

use std::time::SystemTime;

use crate::aws::Roots;
use crate::caller::{Caller, Known};
use crate::refusal::Refusal;
use crate::request::event::FunctionUrlEvent;
use crate::settings::{Auth, Platform, RoleSessions};
use jwt::{Issuer, IssuerError, JwtVerifier, Subject};

/// What callers have to prove.
#[derive(Debug)]
pub enum Authorizer {
    /// The function URL has checked a `SigV4` signature and names the signer.
    Iam(RoleSessions),
    /// Callers send a token.
    Jwt(Box<JwtVerifier>),
    /// Anyone may call.
    None,
}

impl Authorizer {
    /// Makes what `auth` asks for. No issuer is asked for its keys yet.
    pub fn new(auth: &Auth, platform: &Platform) -> Result<Self, IssuerError> {
        Ok(match auth {
            Auth::Iam { role_sessions } => Self::Iam(*role_sessions),
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
            Self::Iam(role_sessions) => signer(event, *role_sessions),
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
///
/// Whoever may call `lambda:InvokeFunction` on the function itself, past its URL, writes the event and can
/// name anybody. Nothing in an event proves where it came from, so a policy has to keep them out:
/// `lambda:InvokedViaFunctionUrl`.
fn signer(event: &FunctionUrlEvent, role_sessions: RoleSessions) -> Result<Caller, Refusal> {
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
    // `AROA…:session`.
    let principal = match signer.split_once(':') {
        Some((role, _session)) if signer.starts_with('A') => {
            let is_apart = role_sessions == RoleSessions::Separate || is_persons(arn);
            if is_apart { signer } else { role }
        }
        _ => signer,
    };
    Ok(Caller::Known(Known::by_signature(principal, arn)))
}

/// Whether a role is one that people take on through IAM Identity Center, which names the session after
/// the person and lets nobody choose.
fn is_persons(arn: Option<&str>) -> bool {
    let role = arn.and_then(|arn| arn.split_once(":assumed-role/"));
    role.is_some_and(|(_, role)| role.starts_with("AWSReservedSSO_"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn caller(user_id: &str, role: &str, role_sessions: RoleSessions) -> String {
        let arn = format!("arn:aws:sts::123456789012:assumed-role/{role}/session");
        let iam = json!({ "userId": user_id, "userArn": arn });
        let context = json!({ "http": { "method": "POST" }, "authorizer": { "iam": iam } });
        let event = json!({ "rawPath": "/", "requestContext": context });
        let event = FunctionUrlEvent::decode(event.to_string()).unwrap();
        match signer(&event, role_sessions).unwrap() {
            Caller::Known(caller) => caller.scope,
            Caller::Anyone => panic!("nobody signed"),
        }
    }

    #[test]
    fn people_who_share_a_permission_set_are_told_apart_and_a_servers_sessions_are_not() {
        use RoleSessions::{Separate, Shared};
        let sso = "AWSReservedSSO_Developer_0123456789abcdef";
        for (user_id, role, role_sessions, expected) in [
            ("AROA1:mari@nerv", sso, Shared, "iam:AROA1:mari@nerv"),
            ("AROA1:i-0123", "server", Shared, "iam:AROA1"),
            ("AROA1:i-0123", "server", Separate, "iam:AROA1:i-0123"),
            ("AROA1:x", "of-AWSReservedSSO_", Shared, "iam:AROA1"),
            ("AIDA1", "server", Separate, "iam:AIDA1"),
            // A federated user is a person of this account.
            ("123456789012:rei", "server", Shared, "iam:123456789012:rei"),
        ] {
            assert_eq!(caller(user_id, role, role_sessions), expected, "{role}");
        }
    }
}
