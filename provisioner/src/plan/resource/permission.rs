//! Who may call the function URL: the alias's resource policy.
//!
//! Order: statements that are missing, then the URL, then statements that are no longer wanted. So
//! opening a URL answers no 403 in between, and closing it is not delayed by the clearing up.

use crate::deployment::access::AuthType;
use crate::deployment::names::Names;
use crate::deployment::permission::{Grant, Meaning, Statement, removal};
use crate::plan::description::{Change, Description};
use crate::plan::note::Note;
use crate::plan::order::{Guard, Rank};

const CHANGED: &str = "it no longer says what it was made for";
const UNWANTED: &str = "the URL is not public";
const BACK: &str = "the version that wanted it went back";

/// A change of the alias's resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermissionAction {
    Remove {
        function: String,
        alias: String,
        sid: String,
        /// What it grants, if that may be granted again.
        grants: Option<Grant>,
        reason: &'static str,
    },
    Add {
        function: String,
        alias: String,
        grant: Grant,
    },
}

use PermissionAction::{Add, Remove};

/// Before the URL: what is ours and was changed is removed, and what is missing is added. What is not ours
/// is reported, if it matters.
pub(in crate::plan) fn opening(
    names: &Names,
    auth_type: AuthType,
    statements: &[Statement],
    notes: &mut Vec<Note>,
) -> Vec<PermissionAction> {
    let wanted = Grant::opening(auth_type);
    let is_public = !wanted.is_empty();
    let spoilt = statements.iter().filter(|it| is_spoilt(it));
    let removed = spoilt.map(|it| remove(names, it, it.meaning.danger().unwrap_or(CHANGED)));
    let foreign = statements
        .iter()
        .filter(|it| Grant::of_sid(&it.sid).is_none());
    notes.extend(foreign.filter_map(|it| foreign_note(names, it, is_public)));
    let is_given = |grant: Grant| {
        statements
            .iter()
            .any(|it| it.meaning == Meaning::Grant(grant) && !is_spoilt(it))
    };
    let missing = wanted.iter().filter(|grant| !is_given(**grant));
    let added = missing.map(|grant| Add {
        function: names.function.clone(),
        alias: names.alias.to_owned(),
        grant: *grant,
    });
    removed.chain(added).collect()
}

/// After the URL: what is ours and is not wanted, because callers sign.
pub(in crate::plan) fn closing(
    names: &Names,
    auth_type: AuthType,
    statements: &[Statement],
) -> Vec<PermissionAction> {
    if !Grant::opening(auth_type).is_empty() {
        return Vec::new();
    }
    statements
        .iter()
        .filter(|it| Grant::of_sid(&it.sid).is_some() && !is_spoilt(it))
        .map(|it| remove(names, it, UNWANTED))
        .collect()
}

fn foreign_note(names: &Names, statement: &Statement, is_public: bool) -> Option<Note> {
    let Statement { sid, meaning } = statement;
    let by_hand = || removal(&names.function, Some(names.alias), sid);
    match (meaning, meaning.danger()) {
        (_, Some(danger)) => Some(Note::trouble(format!(
            "SECURITY: statement {sid}, which is not ours, {danger}; remove it with: {}",
            by_hand()
        ))),
        (Meaning::Grant(_), None) if !is_public => Some(
            format!(
                "left alone: statement {sid}, made by somebody else for a public URL, which this one \
                 is not; remove it with: {}",
                by_hand()
            )
            .into(),
        ),
        (Meaning::Grant(_), None) => None,
        (_, None) => Some(format!("left alone: statement {sid}, which is not ours").into()),
    }
}

/// Ours, but it does not say what it was made for.
fn is_spoilt(Statement { sid, meaning }: &Statement) -> bool {
    Grant::of_sid(sid).is_some_and(|grant| *meaning != Meaning::Grant(grant))
}

pub(in crate::plan) fn remove(
    names: &Names,
    statement: &Statement,
    reason: &'static str,
) -> PermissionAction {
    Remove {
        function: names.function.clone(),
        alias: names.alias.to_owned(),
        sid: statement.sid.clone(),
        grants: match statement.meaning {
            Meaning::Grant(grant) => Some(grant),
            Meaning::Hole | Meaning::UrlHole | Meaning::NotUnderstood | Meaning::Other => None,
        },
        reason,
    }
}

impl PermissionAction {
    pub(in crate::plan) const RANK: Rank = Rank::Open;

    pub(in crate::plan) fn describe(&self) -> Description {
        match self {
            Remove {
                function,
                alias,
                sid,
                grants: _,
                reason,
            } => {
                let name = format!("{sid} on {function}:{alias}");
                Description::new(Change::Delete, "permission", name).detail(*reason)
            }
            Add {
                function,
                alias,
                grant,
            } => {
                let name = format!("{} on {function}:{alias}", grant.sid());
                let allowed = format!("anyone: {} {}", grant.action(), grant.condition());
                Description::new(Change::Create, "permission", name).detail(allowed)
            }
        }
    }

    pub(in crate::plan) fn guard(&self) -> Guard {
        match self {
            // AWS refuses an id that is taken.
            Add { .. } => Guard::Aws,
            Remove { .. } => Guard::Look,
        }
    }

    /// What takes the change back, so that callers of the version before reach it as they did.
    pub(in crate::plan) fn back(&self) -> Option<Self> {
        match self {
            Add {
                function,
                alias,
                grant,
            } => Some(Remove {
                function: function.clone(),
                alias: alias.clone(),
                sid: grant.sid().to_owned(),
                grants: Some(*grant),
                reason: BACK,
            }),
            Remove {
                function,
                alias,
                sid,
                grants,
                reason: _,
            } => {
                // What no longer said what it was made for is not made again.
                let grant = grants.filter(|grant| Grant::of_sid(sid) == Some(*grant))?;
                Some(Add {
                    function: function.clone(),
                    alias: alias.clone(),
                    grant,
                })
            }
        }
    }
}
