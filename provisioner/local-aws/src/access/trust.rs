//! Trust policies: who may assume a role.

use serde_json::Value;

use super::condition;
use super::demand::{ContextKeys, Demand};
use super::document::{check_members, fits_action, texts};
use super::permitted::permitted;
use crate::account::Account;
use crate::route::Call;
use crate::services::iam::one_or_many;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;

const ACTION: &str = "sts:AssumeRole";

/// Refuses `AssumeRole` to a caller whom the role's trust policy does not name. AWS says the same of a
/// role that does not exist.
pub(super) fn check(account: &Account, caller: &AccessKey, call: &Call) -> Result<(), ApiError> {
    // The operation refuses a request without it.
    let Some(role_arn) = call.input.get("RoleArn") else {
        return Ok(());
    };
    let mut keys = ContextKeys::from([("aws:principalarn", caller.arn.clone())]);
    if let Some(id) = call.input.get("ExternalId") {
        keys.insert("sts:externalid", id.to_owned());
    }
    let role = account.lock().roles.with_arn(role_arn);
    let trust = match role {
        None => Trust::Nobody,
        Some(role) => read(&role.trust, caller, account.scope().account_id, &keys)?,
    };
    let demand = Demand::of(ACTION, role_arn.to_owned());
    let judged = permitted(account, caller, &demand)?;
    // The developer has no policies.
    let is_developer = caller.session.is_none();
    let may = match trust {
        Trust::Nobody => false,
        Trust::Account => is_developer || judged.is_allowed(),
        Trust::Role => is_developer || judged.lets_others_allow(),
        Trust::Caller => is_developer || judged.lets_others_allow_the_session(),
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
    /// Its role, or everybody.
    Role,
    /// By its own name.
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
        if *name == caller.arn {
            Trust::Caller
        } else if name == "*" || Some(name) == role.as_ref() {
            Trust::Role
        } else if *name == root || name == account_id {
            Trust::Account
        } else {
            Trust::Nobody
        }
    });
    Ok(trust.max().unwrap_or(Trust::Nobody))
}
