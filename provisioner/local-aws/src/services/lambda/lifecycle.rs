//! The states a function passes through, computed from timestamps whenever somebody looks: no
//! background task moves them. Each transition comes with a new `RevisionId`, as on AWS.

use std::time::SystemTime;

use uuid::Uuid;

use crate::scope::Scope;

/// Where a version of a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// `State: Pending`
    Creating,
    /// `State: Active`, `LastUpdateStatus: InProgress`
    Updating,
    /// `State: Active`, `LastUpdateStatus: Successful`
    Settled,
}

/// A phase that ends by itself.
#[derive(Debug, Clone)]
struct Transition {
    phase: Phase,
    ends: SystemTime,
    revision_id: Uuid,
}

/// The phase and the revision of a version of a function.
#[derive(Debug, Clone)]
pub(super) struct Lifecycle {
    /// The phase that ends by itself, or has ended.
    transition: Option<Transition>,
    settled_revision_id: Uuid,
}

impl Lifecycle {
    pub(super) fn creating(scope: &Scope<'_>) -> Self {
        Self::entering(Phase::Creating, scope)
    }

    pub(super) fn updating(scope: &Scope<'_>) -> Self {
        Self::entering(Phase::Updating, scope)
    }

    pub(super) fn settled(scope: &Scope<'_>) -> Self {
        Self {
            transition: None,
            settled_revision_id: scope.new_id(),
        }
    }

    fn entering(phase: Phase, scope: &Scope<'_>) -> Self {
        Self {
            transition: Some(Transition {
                phase,
                ends: scope.now + scope.transition,
                revision_id: scope.new_id(),
            }),
            settled_revision_id: scope.new_id(),
        }
    }

    pub(super) fn phase(&self, now: SystemTime) -> Phase {
        self.under_way(now)
            .map_or(Phase::Settled, |transition| transition.phase)
    }

    pub(super) fn revision_id(&self, now: SystemTime) -> String {
        self.under_way(now)
            .map_or(self.settled_revision_id, |transition| {
                transition.revision_id
            })
            .to_string()
    }

    /// For a change without a transition, such as tags, a policy or a new version: a new `RevisionId`.
    pub(super) fn touch(&mut self, scope: &Scope<'_>) {
        match &mut self.transition {
            Some(transition) if transition.ends > scope.now => {
                transition.revision_id = scope.new_id();
            }
            _ => *self = Self::settled(scope),
        }
    }

    fn under_way(&self, now: SystemTime) -> Option<&Transition> {
        self.transition
            .as_ref()
            .filter(|transition| transition.ends > now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scope::testing::scope_at;

    #[test]
    fn a_new_function_becomes_active_with_another_revision() {
        let created = scope_at(0);
        let lifecycle = Lifecycle::creating(&created);
        let before = created.now + created.transition - Duration::from_nanos(1);
        let after = created.now + created.transition;

        assert_eq!(lifecycle.phase(created.now), Phase::Creating);
        assert_eq!(lifecycle.phase(before), Phase::Creating);
        assert_eq!(lifecycle.phase(after), Phase::Settled);
        assert_eq!(
            lifecycle.revision_id(created.now),
            lifecycle.revision_id(before)
        );
        assert_ne!(lifecycle.revision_id(before), lifecycle.revision_id(after));
    }

    #[test]
    fn a_touch_changes_the_revision_but_not_the_phase() {
        let created = scope_at(0);
        let mut lifecycle = Lifecycle::updating(&created);
        let (first, last) = (
            lifecycle.revision_id(created.now),
            lifecycle.revision_id(created.now + created.transition),
        );
        lifecycle.touch(&created);

        assert_eq!(lifecycle.phase(created.now), Phase::Updating);
        assert_ne!(lifecycle.revision_id(created.now), first);
        assert_eq!(
            lifecycle.revision_id(created.now + created.transition),
            last
        );

        let later = scope_at(1000);
        lifecycle.touch(&later);
        assert_eq!(lifecycle.phase(later.now), Phase::Settled);
        assert_ne!(lifecycle.revision_id(later.now), last);
    }
}
