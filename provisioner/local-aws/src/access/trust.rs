//! Trust policies: who may take on a role.

use serde_json::Value;

use super::policy::{check_members, fits_action, one_or_many, texts};
use super::{ContextKeys, allows, condition};
use crate::account::Account;
use crate::api_error::ApiError;
use crate::sigv4::AccessKey;

const ACTION: &str = "sts:AssumeRole";

/// Refuses a caller that the trust policy of `role_arn` does not name; `None` is a role that does
/// not exist, which AWS does not tell from one that may not be taken on.
pub(crate) fn check_trust(
    account: &Account,
    caller: &AccessKey,
    role_arn: &str,
    trust: Option<&str>,
    keys: &ContextKeys,
) -> Result<(), ApiError> {
    let trusted = match trust {
        None => Trust::Nobody,
        Some(trust) => read(trust, caller, account.scope().account_id, keys)?,
    };
    let may = match trusted {
        Trust::Nobody => false,
        Trust::Caller => true,
        Trust::Account => allows(account, caller, ACTION, role_arn)?,
    };
    if may {
        return Ok(());
    }
    let caller = &caller.arn;
    Err(ApiError::forbidden(
        "AccessDenied",
        format!("User: {caller} is not authorized to perform: {ACTION} on resource: {role_arn}"),
    ))
}

/// Whom a trust policy trusts, as far as it concerns one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    Nobody,
    /// Its account: the caller's own policies decide.
    Account,
    /// By name, or everybody.
    Caller,
}

pub(super) fn read(
    document: &str,
    caller: &AccessKey,
    account_id: &str,
    keys: &ContextKeys,
) -> Result<Trust, ApiError> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut trust = Trust::Nobody;
    for statement in one_or_many(&document["Statement"]) {
        check_members(
            statement,
            &["Sid", "Effect", "Action", "Principal", "Condition"],
        )?;
        let named = principal(&statement["Principal"], caller, account_id)?;
        if named == Trust::Nobody
            || !fits_action(&statement["Action"], ACTION)?
            || !condition::met(&statement["Condition"], keys)?
        {
            continue;
        }
        if statement["Effect"] == "Deny" {
            return Ok(Trust::Nobody);
        }
        trust = trust.max(named);
    }
    Ok(trust)
}

/// `Service` and `Federated` are never the caller of `AssumeRole`.
fn principal(principal: &Value, caller: &AccessKey, account_id: &str) -> Result<Trust, ApiError> {
    let named = match principal {
        Value::String(anyone) => vec![anyone.clone()],
        principal => texts(&principal["AWS"])?,
    };
    let root = format!("arn:aws:iam::{account_id}:root");
    let role = caller
        .session
        .as_ref()
        .map(|session| format!("arn:aws:iam::{account_id}:role/{}", session.role_name));
    let trust = named.iter().map(|name| {
        if *name == caller.arn || name == "*" || Some(name) == role.as_ref() {
            Trust::Caller
        } else if *name == root || name == account_id {
            Trust::Account
        } else {
            Trust::Nobody
        }
    });
    Ok(trust.max().unwrap_or(Trust::Nobody))
}
