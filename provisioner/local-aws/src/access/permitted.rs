//! What the policies of a role say to one demand.

use super::demand::{ContextKeys, Demand};
use super::policy::{self, Decision};
use crate::account::Account;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;

/// What the policies of the caller's session say; a caller without a session has none.
pub(super) fn permitted(
    account: &Account,
    caller: &AccessKey,
    demand: &Demand,
) -> Result<Decision, ApiError> {
    let documents = match &caller.session {
        Some(session) => account.lock().roles.policies_of(session)?,
        None => Vec::new(),
    };
    decide(account, &documents, &caller.arn, demand)
}

/// What `documents` say to somebody of the ARN `principal`.
pub(super) fn decide(
    account: &Account,
    documents: &[String],
    principal: &str,
    demand: &Demand,
) -> Result<Decision, ApiError> {
    let scope = account.scope();
    let mut keys: ContextKeys = demand.keys.clone();
    keys.insert("aws:principalarn", principal.to_owned());
    keys.insert("aws:principalaccount", scope.account_id.to_owned());
    keys.insert("aws:requestedregion", scope.region.to_owned());
    policy::decide(documents, &demand.action, &demand.resource, &keys)
}
