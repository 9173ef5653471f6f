//! The order of the changes, where it matters to others: to those who deploy at the same time, and to
//! those who call meanwhile.
//!
//! AWS refuses the second of two deployments only where it is about the function: making it, changing
//! `$LATEST`, moving the alias. So what AWS does not guard (the role's policy, retention, tags) comes
//! after what it does: whoever is refused has then left nothing of that kind behind.
//!
//! Callers are served by the version before until the alias moves, and again when it moves back. So the
//! role is first allowed more, and what only that version needs is taken from it at the very end.

use super::Plan;
use super::action::Action;
use super::function::code_of;
use super::permissions::agrees;
use crate::deployment::state::Live;

impl Plan {
    /// `is_update`: function and role are there.
    pub(super) fn order(&mut self, is_update: bool) {
        self.actions.sort_by_key(|action| rank(action, is_update));
        self.keep_serving();
    }

    /// The changes that make the new version reachable, and those that only make sense once it is known
    /// to work.
    pub fn halves(&self) -> (&[Action], &[Action]) {
        let released = self.actions.iter().position(is_release);
        let settled = released.and_then(|released| {
            let after = self.actions.get(released..)?;
            Some(released + after.iter().position(settles)?)
        });
        self.actions.split_at(settled.unwrap_or(self.actions.len()))
    }

    /// Splits a change of the role's policy in two: what is added comes before the release, what is taken
    /// away at the very end.
    fn keep_serving(&mut self) {
        if !self.actions.iter().any(is_release) {
            return;
        }
        let changes = self.actions.iter_mut().enumerate();
        let mut policy = changes.filter_map(|(at, action)| match action {
            Action::PutRolePolicy {
                role,
                name,
                from: Some(from),
                to,
            } => Some((at, role, name, from, to)),
            _ => None,
        });
        let Some((at, role, name, from, to)) = policy.next() else {
            return;
        };
        let both = to.with(from);
        if both == *to {
            return;
        }
        let adds_nothing = from.with(to) == *from;
        let narrow = Action::PutRolePolicy {
            role: role.clone(),
            name: name.clone(),
            from: Some(if adds_nothing {
                from.clone()
            } else {
                both.clone()
            }),
            to: std::mem::replace(to, both),
        };
        if adds_nothing {
            self.actions.remove(at);
        }
        self.actions.push(narrow);
    }
}

impl Action {
    /// AWS refuses it if somebody else has done the like first.
    pub(crate) fn is_guarded(&self) -> bool {
        !matches!(
            self,
            Self::SetRetention { .. }
                | Self::SetTrust { .. }
                | Self::PutRolePolicy { .. }
                | Self::Tag { .. }
                | Self::SetConcurrency { .. }
                | Self::RemovePermission { .. }
                | Self::UpdateUrl { .. }
                | Self::DeleteVersion { .. }
        )
    }

    /// Whether `live` still is as this change has made it, and somebody else may want it otherwise.
    pub(crate) fn holds(&self, live: &Live) -> bool {
        match self {
            Self::SetRetention { to, .. } => live
                .log_group
                .as_ref()
                .is_some_and(|group| group.retention_days == Some((*to).into())),
            Self::PutRolePolicy { to, .. } => live
                .role
                .as_ref()
                .is_some_and(|role| role.policy.as_ref() == Some(to)),
            Self::UpdateConfiguration { to, .. } => live
                .function
                .as_ref()
                .is_some_and(|function| function.configuration == *to),
            Self::UpdateCode { to, .. } => live
                .function
                .as_ref()
                .is_some_and(|function| function.code == code_of(to)),
            Self::SetConcurrency { to, .. } => live
                .function
                .as_ref()
                .is_some_and(|function| function.reserved_concurrency == Some((*to).into())),
            Self::UpdateUrl { to, .. } => live
                .url
                .as_ref()
                .is_some_and(|url| agrees(to, &url.settings)),
            Self::RemovePermission { sid, .. } => live
                .statements
                .iter()
                .all(|statement| statement.sid != *sid),
            // Nobody wants a surplus version back, tags are only added, and the trust is the same for
            // everybody. The rest is guarded.
            _ => false,
        }
    }

    /// AWS may still show what was there before one of the changes `done`.
    pub(crate) fn shows_what_was_before(&self, done: &[Self]) -> bool {
        done.iter().any(|done| match (self, done) {
            // May have been changed in two steps.
            (Self::PutRolePolicy { from: now, .. }, Self::PutRolePolicy { from: before, .. }) => {
                now == before
            }
            _ => self == done,
        })
    }

    /// At its end the function is known to hold what it was told to.
    pub(crate) fn changes_function(&self) -> bool {
        matches!(
            self,
            Self::CreateFunction { .. }
                | Self::UpdateConfiguration { .. }
                | Self::UpdateCode { .. }
        )
    }
}

fn rank(action: &Action, is_update: bool) -> u8 {
    match action {
        action if action.changes_function() => 0,
        Action::CreateLogGroup { .. } | Action::CreateRole { .. } | Action::SetTrust { .. }
            if !is_update =>
        {
            0
        }
        Action::SetRetention { .. } | Action::Tag { .. } => 2,
        _ => 1,
    }
}

fn is_release(action: &Action) -> bool {
    matches!(action, Action::Release { .. })
}

fn settles(action: &Action) -> bool {
    matches!(
        action,
        Action::SetRetention { .. } | Action::Tag { .. } | Action::PutRolePolicy { .. }
    )
}
