//! STS: who the caller is, and temporary credentials of roles.

mod assume_role;

use super::account::Account;
use super::api_error::ApiError;
use super::query_protocol::{Element, Form};
use super::sigv4::AccessKey;

pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(crate) fn handle(
    form: &Form,
    caller: &AccessKey,
    account: &Account,
) -> Result<Vec<Element>, ApiError> {
    match form.action() {
        "GetCallerIdentity" => Ok(vec![
            Element::text("Arn", &caller.arn),
            Element::text("UserId", &caller.user_id),
            Element::text("Account", account.scope().account_id),
        ]),
        "AssumeRole" => assume_role::assume_role(form, caller, account),
        action => Err(ApiError::not_emulated(format!("sts:{action}"))),
    }
}
