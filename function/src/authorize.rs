//! Who may call.

use crate::request::{FunctionUrlEvent, Refusal};
use crate::settings::Auth;

/// Lets the caller through or says why not.
///
/// With [`Auth::Iam`] the function URL has already checked the signature and tells who signed;
/// an event without that identity did not come through such a URL.
pub fn authorize(auth: Auth, event: &FunctionUrlEvent) -> Result<(), Refusal> {
    match auth {
        Auth::None => Ok(()),
        Auth::Iam if event.is_signed() => Ok(()),
        Auth::Iam => Err(Refusal::new(
            403,
            "forbidden",
            "this gateway answers signed requests only; set AuthType AWS_IAM on its function URL",
        )),
    }
}
