//! Who may call, and who that is.

use crate::request::Refusal;
use crate::request::event::FunctionUrlEvent;
use crate::settings::Auth;

/// Who calls: sessions of one caller are out of reach for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody has been asked for a name.
    Anyone,
    /// A name that no other caller has.
    Known(String),
}

/// Lets the caller through or says why not.
///
/// With [`Auth::Iam`] the function URL has already checked the signature and tells who signed;
/// an event without that identity did not come through such a URL.
pub fn authorize(auth: &Auth, event: &FunctionUrlEvent) -> Result<Caller, Refusal> {
    match auth {
        Auth::None => Ok(Caller::Anyone),
        Auth::Iam => {
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
        Auth::Jwt { .. } => Err(Refusal::new(
            401,
            "unauthorized",
            "tokens are not accepted yet",
        )),
    }
}
