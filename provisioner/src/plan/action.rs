//! One change to the account. It carries everything needed to carry it out, old values too, and says in
//! words what it does: what is printed is the value that is applied.

use std::fmt;

use super::description::Description;
use super::order::{Guard, Rank};
use super::resource::alias::DeleteAlias;
use super::resource::function::FunctionAction;
use super::resource::log_group::LogGroupAction;
use super::resource::permission::PermissionAction;
use super::resource::role::RoleAction;
use super::resource::url::UrlAction;
use super::resource::version::DeleteVersion;

/// A change, with nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    LogGroup(LogGroupAction),
    Role(RoleAction),
    Function(FunctionAction),
    Version(DeleteVersion),
    Alias(DeleteAlias),
    Permission(PermissionAction),
    Url(UrlAction),
}

impl Action {
    /// The action in words.
    pub fn describe(&self) -> Description {
        match self {
            Self::LogGroup(action) => action.describe(),
            Self::Role(action) => action.describe(),
            Self::Function(action) => action.describe(),
            Self::Version(action) => action.describe(),
            Self::Alias(action) => action.describe(),
            Self::Permission(action) => action.describe(),
            Self::Url(action) => action.describe(),
        }
    }

    /// When it comes. `is_update`: function and role are there already.
    pub(super) fn rank(&self, is_update: bool) -> Rank {
        match self {
            Self::LogGroup(action) => action.rank(is_update),
            Self::Role(action) => action.rank(is_update),
            Self::Function(action) => action.rank(),
            Self::Version(_) => DeleteVersion::RANK,
            Self::Alias(_) => DeleteAlias::RANK,
            Self::Permission(_) => PermissionAction::RANK,
            Self::Url(action) => action.rank(),
        }
    }

    /// What keeps it from being made upon somebody else's work.
    pub(super) fn guard(&self) -> Guard {
        match self {
            Self::LogGroup(action) => action.guard(),
            Self::Role(action) => action.guard(),
            Self::Function(action) => action.guard(),
            Self::Version(_) => DeleteVersion::GUARD,
            Self::Alias(_) => DeleteAlias::GUARD,
            Self::Permission(action) => action.guard(),
            Self::Url(action) => action.guard(),
        }
    }

    /// What takes it back where the new version does not work: only what decides who can call.
    pub(super) fn back(&self) -> Option<Self> {
        match self {
            Self::Permission(action) => action.back().map(Self::Permission),
            Self::Url(action) => action.back().map(Self::Url),
            Self::LogGroup(_)
            | Self::Role(_)
            | Self::Function(_)
            | Self::Version(_)
            | Self::Alias(_) => None,
        }
    }

    /// At its end the function is known to hold what it was told to.
    pub(super) fn changes_latest(&self) -> bool {
        matches!(self, Self::Function(action) if action.changes_latest())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe().fmt(f)
    }
}
