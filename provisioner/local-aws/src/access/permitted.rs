//! What the policies of a role, and its permissions boundary, say to one demand.

use super::demand::{ContextKeys, Demand};
use super::policy::{self, Decision};
use crate::account::Account;
use crate::services::iam::Permissions;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;

/// What both sides say. A role may do what its policies allow and its boundary allows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    policies: Decision,
    /// A role without a boundary is allowed everything here.
    boundary: Decision,
}

impl Judgement {
    pub(super) fn is_allowed(self) -> bool {
        self.policies == Decision::Allowed && self.boundary == Decision::Allowed
    }

    /// Whether somebody else's policy, which names the role, lets it in: its own policies need not allow
    /// it then, its boundary must.
    pub(super) fn lets_others_allow(self) -> bool {
        self.policies != Decision::Denied && self.boundary == Decision::Allowed
    }

    /// Whether that also holds where the policy names the session itself: no boundary stands in the way
    /// of that, unless it denies.
    pub(super) fn lets_others_allow_the_session(self) -> bool {
        self.policies != Decision::Denied && self.boundary != Decision::Denied
    }

    /// Why not, in AWS's words.
    pub(super) fn reason(self, action: &str) -> String {
        match (self.policies, self.boundary) {
            (Decision::Denied, _) => "with an explicit deny in an identity-based policy".to_owned(),
            (_, Decision::Denied) => "with an explicit deny in a permissions boundary".to_owned(),
            (Decision::Allowed, _) => {
                format!("because no permissions boundary allows the {action} action")
            }
            (Decision::NotAllowed, _) => {
                format!("because no identity-based policy allows the {action} action")
            }
        }
    }
}

/// What the policies of the caller's session say; a caller without a session has none.
pub(super) fn permitted(
    account: &Account,
    caller: &AccessKey,
    demand: &Demand,
) -> Result<Judgement, ApiError> {
    let permissions = match &caller.session {
        Some(session) => account.lock().roles.permissions_of(session)?,
        None => Permissions::default(),
    };
    judge(account, &permissions, &caller.arn, demand)
}

/// What `permissions` say to somebody of the ARN `principal`.
pub(super) fn judge(
    account: &Account,
    permissions: &Permissions,
    principal: &str,
    demand: &Demand,
) -> Result<Judgement, ApiError> {
    let Permissions { policies, boundary } = permissions;
    let scope = account.scope();
    let mut keys: ContextKeys = demand.keys.clone();
    keys.insert("aws:principalarn", principal.to_owned());
    keys.insert("aws:principalaccount", scope.account_id.to_owned());
    keys.insert("aws:requestedregion", scope.region.to_owned());
    let decide =
        |documents: &[String]| policy::decide(documents, &demand.action, &demand.resource, &keys);
    Ok(Judgement {
        policies: decide(policies)?,
        boundary: match boundary {
            Some(boundary) => decide(std::slice::from_ref(boundary))?,
            None => Decision::Allowed,
        },
    })
}
