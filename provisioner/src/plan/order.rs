//! The order of the changes, where it matters to others: to those who deploy at the same time, and to
//! those who call meanwhile.
//!
//! AWS refuses the second of two deployments only where it is about the function: making it, changing
//! `$LATEST`, moving the alias. So what AWS does not guard (the role's policy, retention, tags) comes
//! after what it does: whoever is refused has then left nothing of that kind behind.
//!
//! Callers are served by the version before until the alias moves, and again when it moves back. So the
//! role is first allowed more, and what only that version needs is taken from it at the very end.

/// When a change comes, first one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// What everything else needs, and what AWS guards.
    First,
    /// The rest of what the new version needs. No caller notices.
    Prepare,
    /// Who may call and how, once the alias points to the new version.
    Open,
    /// What can wait until the new version has shown that it works.
    Settle,
    /// What the version before may need until nobody can go back to it.
    Last,
}

/// What keeps a change from being made upon the work of another run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// AWS refuses it where somebody else has done the like first.
    Aws,
    /// AWS takes it from whoever comes last: the function is looked at before, and the change is only
    /// made if nobody else has changed it meanwhile.
    Look,
}
