//! STS: who the caller is, and temporary credentials of roles.

mod assume_role;
mod session;

use crate::route::Call;
use crate::scope::Scope;
use crate::services::iam::Roles;
use crate::wire::api_error::ApiError;
use crate::wire::query_protocol::Element;
use crate::wire::sigv4::{AccessKey, KeyRing};

pub(crate) use session::for_lambda;

pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Answers one operation. Whether the caller may assume the role was decided in `access`.
pub(crate) fn handle(
    call: &Call,
    caller: &AccessKey,
    roles: &Roles,
    keys: &KeyRing,
    scope: &Scope<'_>,
) -> Result<Vec<Element>, ApiError> {
    match call.operation.name {
        "GetCallerIdentity" => Ok(vec![
            Element::text("Arn", &caller.arn),
            Element::text("UserId", &caller.user_id),
            Element::text("Account", scope.account_id),
        ]),
        "AssumeRole" => assume_role::assume_role(&call.input, caller, roles, keys, scope),
        _ => Err(call.not_emulated()),
    }
}
