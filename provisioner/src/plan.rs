//! Decides what must change. Pure: no I/O, no clock, no randomness, no SDK type. What it decides is
//! printed and applied as it is.

pub(crate) mod action;
pub(crate) mod asking;
pub(crate) mod cost;
pub(crate) mod description;
pub(crate) mod desired;
pub(crate) mod down;
pub(crate) mod elsewhere;
pub(crate) mod env_file;
pub(crate) mod note;
pub(crate) mod order;
pub(crate) mod ownership;
pub(crate) mod print;
pub(crate) mod resource;
pub(crate) mod role_documents;
pub(crate) mod rollback;
pub(crate) mod seen;
pub(crate) mod tags;
pub(crate) mod up;

use std::fmt;

use crate::deployment::names::Names;
use crate::deployment::state::Live;
use action::Action;
use asking::Asking;
use description::{Change, Description};
use elsewhere::Elsewhere;
use env_file::EnvFileChange;
use note::Note;
use order::{Guard, Rank};
use resource::alias::Release;

/// Everything that a run is going to do, in the order in which it does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub names: Names,
    /// What the new version needs. No caller notices.
    pub prepare: Vec<Step>,
    pub release: Release,
    /// The version of the released `provision` that the new code comes with.
    pub edition: Option<String>,
    /// Who may call, and how.
    pub open: Vec<Step>,
    /// Whether what callers reach now works; where it does not, they get the version before.
    pub asking: Asking,
    /// What waits until the version has shown that it works.
    pub settle: Vec<Step>,
    /// What comes last, on this machine: no part of the account.
    pub env_file: Option<EnvFileChange>,
    /// What is left alone, and what the user should know about.
    pub notes: Vec<Note>,
    /// What somebody else has done to the function; for `--strict`.
    pub elsewhere: Elsewhere,
}

/// One change, with all that was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub action: Action,
    pub guard: Guard,
    /// What takes it back if the new version does not work behind the URL.
    pub back: Option<Action>,
}

impl Plan {
    /// Nothing to do for the deployment `names`.
    fn nothing(names: &Names) -> Self {
        Self {
            names: names.clone(),
            prepare: Vec::new(),
            release: Release::Nothing,
            edition: None,
            open: Vec::new(),
            asking: Asking::nobody(),
            settle: Vec::new(),
            env_file: None,
            notes: Vec::new(),
            elsewhere: Elsewhere::Nothing,
        }
    }

    /// Puts `actions` around `release`, each at its time, with what guards it and what takes it back.
    fn staged(names: &Names, mut actions: Vec<Action>, release: Release, live: &Live) -> Self {
        let is_update = live.function.is_some() && live.role.is_some();
        actions.sort_by_key(|action| action.rank(is_update));
        let mut plan = Self::nothing(names);
        let goes_back = release.from().is_some();
        plan.release = release;
        let mut is_there = live.function.is_some();
        let mut is_known = false;
        for action in actions {
            let rank = action.rank(is_update);
            let is_alone = is_there && !is_known;
            is_known = action.changes_latest();
            is_there |= is_known;
            let stage = match rank {
                Rank::First | Rank::Prepare => &mut plan.prepare,
                Rank::Open => &mut plan.open,
                Rank::Settle | Rank::Last => &mut plan.settle,
            };
            stage.push(Step {
                // Straight after a change of the function nobody need look at it once more.
                guard: if is_alone { action.guard() } else { Guard::Aws },
                back: action.back().filter(|_| goes_back),
                action,
            });
        }
        plan
    }

    /// All changes of the account but the release, in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.prepare.iter().chain(&self.open).chain(&self.settle)
    }

    /// What takes the changes about callers back, last ones first.
    pub fn back(&self) -> Vec<Step> {
        let actions = self.open.iter().rev().filter_map(|step| step.back.clone());
        let steps = actions.map(|action| Step {
            guard: action.guard(),
            action,
            back: None,
        });
        steps.collect()
    }

    /// Nothing changes in the account.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none() && !self.release.moves_alias()
    }

    /// What changes in the account, in words.
    pub fn account_changes(&self) -> Vec<Description> {
        let words = |steps: &[Step]| -> Vec<Description> {
            steps.iter().map(|step| step.action.describe()).collect()
        };
        let release = self.release.describe(&self.names);
        let mut changes = words(&self.prepare);
        changes.extend(release);
        changes.extend(words(&self.open));
        changes.extend(words(&self.settle));
        changes
    }

    /// Everything that changes, in words.
    pub fn changes(&self) -> Vec<Description> {
        let mut changes = self.account_changes();
        changes.extend(self.env_file.iter().map(EnvFileChange::describe));
        changes
    }

    /// How many resources are created, updated and deleted.
    pub fn summary(&self) -> String {
        let changes = self.changes();
        let count = |change: Change| {
            changes
                .iter()
                .filter(|description| description.change == change)
                .count()
        };
        let parts: Vec<String> = [
            (Change::Create, "to create"),
            (Change::Update, "to update"),
            (Change::Delete, "to delete"),
        ]
        .into_iter()
        .map(|(change, words)| (count(change), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
        if parts.is_empty() {
            "nothing to change".to_owned()
        } else {
            parts.join(", ")
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in self.changes() {
            writeln!(f, "{change}")?;
        }
        for note in &self.notes {
            writeln!(f, "! {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
