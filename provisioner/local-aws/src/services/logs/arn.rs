//! The ARN of a log group.

use crate::scope::Scope;

pub(super) fn arn(scope: &Scope<'_>, name: &str) -> String {
    format!(
        "arn:aws:logs:{}:{}:log-group:{name}",
        scope.region, scope.account_id
    )
}
