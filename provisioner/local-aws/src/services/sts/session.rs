//! The session of a role: an access key of its own, for a while.

use std::time::Duration;

use crate::scope::Scope;
use crate::services::iam::{AssumableRole, Roles};
use crate::wire::sigv4::{AccessKey, KeyRing, Session};

/// How long the session of an execution environment lasts: the most that STS gives.
const LAMBDA_SECONDS: u64 = 43_200;

/// Makes a session, whose key is accepted from now on.
pub(super) fn begin(
    role: &AssumableRole,
    session_name: &str,
    seconds: u64,
    keys: &KeyRing,
    scope: &Scope<'_>,
) -> (AccessKey, Session) {
    let random = || scope.new_id().simple().to_string();
    let id = random().to_uppercase();
    let session = Session {
        // About as long as a token of AWS.
        token: (0..10).map(|_| random()).collect(),
        expires: scope.now + Duration::from_secs(seconds),
        role_name: role.name.clone(),
        role_id: role.id.clone(),
    };
    let key = AccessKey {
        access_key_id: format!("ASIA{id:.16}"),
        secret_access_key: format!("{}{:.8}", random(), random()),
        user_id: format!("{}:{session_name}", role.id),
        arn: format!(
            "arn:aws:sts::{}:assumed-role/{}/{session_name}",
            scope.account_id, role.name
        ),
        session: Some(session.clone()),
    };
    keys.add(key.clone(), scope.now);
    (key, session)
}

/// The session with which a function runs: Lambda assumes its role and names the session after the
/// function. `None` if Lambda may not assume the role, or it is gone.
pub(crate) fn for_lambda(
    role_arn: &str,
    function_name: &str,
    roles: &Roles,
    keys: &KeyRing,
    scope: &Scope<'_>,
) -> Option<(AccessKey, Session)> {
    let role = roles.with_arn(role_arn)?;
    let may_assume = roles.lambda_can_assume(role_arn, scope);
    may_assume.then(|| begin(&role, function_name, LAMBDA_SECONDS, keys, scope))
}
