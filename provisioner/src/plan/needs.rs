//! What a plan has to know beyond what every run reads: each of these takes requests of its own.

use super::{Action, Plan};
use crate::deployment::state::{Desired, Live};

/// Whether `plan` has to know the log group's tags, which take a request of their own: it has, where
/// the group would be changed, because then it must be ours.
pub fn needs_log_group_tags(desired: &Desired, live: &Live) -> bool {
    let Some(group) = &live.log_group else {
        return false;
    };
    group.retention_days != Some(desired.retention_days.into()) || !tags_agree(desired, live)
}

/// Whether `plan` has to know the whole role, which takes a request of its own: it has, where the role
/// would be made or changed. Else the function's use of it tells that it is there, and that Lambda may
/// assume it; who else may is read as soon as anything changes.
pub fn needs_role(desired: &Desired, live: &Live) -> bool {
    let policy = live.role.as_ref().and_then(|role| role.policy.as_ref());
    let is_used = live.function.as_ref().is_some_and(|function| {
        let used = function.configuration.role_arn.rsplit('/').next();
        used == Some(desired.names.role.as_str())
    });
    policy != Some(&desired.role.policy) || !is_used || !tags_agree(desired, live)
}

/// Whether `plan` has to know the old versions, two requests: it has, where it adds one to them.
pub fn needs_versions(plan: &Plan, live: &Live) -> bool {
    let releases = plan
        .actions
        .iter()
        .any(|action| matches!(action, Action::Release { .. }));
    releases && live.alias.is_some() && live.versions.is_none()
}

/// Tags are set on everything at once: where the function has them, so has the rest.
fn tags_agree(desired: &Desired, live: &Live) -> bool {
    live.function.as_ref().is_some_and(|function| {
        desired
            .tags
            .iter()
            .all(|(key, value)| function.tags.get(key) == Some(value))
    })
}
