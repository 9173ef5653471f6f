//! The execution role: who may assume it, its one inline policy, and its permissions boundary.

use crate::deployment::document::Document;
use crate::deployment::names::{Names, Tags};
use crate::deployment::state::{LiveRole, Role};
use crate::plan::description::{Change, Description};
use crate::plan::order::{Guard, Rank};
use crate::plan::tags::TagChange;

/// A change of the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleAction {
    Create {
        name: String,
        trust: Document,
        boundary: Option<String>,
        tags: Tags,
    },
    /// Before any policy: whoever may write one only within the boundary needs it in place.
    SetBoundary {
        name: String,
        from: Option<String>,
        to: String,
    },
    SetTrust {
        name: String,
        from: Document,
        to: Document,
    },
    /// Before the release: at least what the new version needs.
    PutPolicy(PolicyChange),
    /// At the very end: what only the version before has needed goes.
    NarrowPolicy(PolicyChange),
    Tag {
        name: String,
        tags: TagChange,
    },
    DeletePolicy {
        role: String,
        policy: String,
    },
    Delete {
        name: String,
    },
}

/// The role's inline policy before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    pub role: String,
    pub policy: String,
    pub from: Option<Document>,
    pub to: Document,
}

use RoleAction::{
    Create, Delete, DeletePolicy, NarrowPolicy, PutPolicy, SetBoundary, SetTrust, Tag,
};

/// What it takes to bring the role to what is wanted. If a new version is released (`is_released`), the
/// one before keeps what it needs until nobody calls it any more.
pub(in crate::plan) fn changes(
    names: &Names,
    wanted: &Role,
    tags: &Tags,
    live: Option<&LiveRole>,
    is_released: bool,
) -> Vec<RoleAction> {
    let Role {
        arn: _,
        trust,
        policy,
        boundary,
    } = wanted;
    let name = names.role.clone();
    let Some(live) = live else {
        let create = Create {
            name,
            trust: trust.clone(),
            boundary: boundary.clone(),
            tags: tags.clone(),
        };
        return vec![create, PutPolicy(change(names, None, policy))];
    };
    let wanted = boundary.as_ref();
    let bounded = wanted.filter(|wanted| live.boundary.as_ref() != Some(wanted));
    let bounded = bounded.map(|to| SetBoundary {
        name: name.clone(),
        from: live.boundary.clone(),
        to: to.clone(),
    });
    let trusted = (live.trust != *trust).then(|| SetTrust {
        name: name.clone(),
        from: live.trust.clone(),
        to: trust.clone(),
    });
    let tag = TagChange::between(&live.tags, tags).map(|tags| Tag { name, tags });
    let policies = policy_changes(names, live.policy.as_ref(), policy, is_released);
    let bounded = bounded.into_iter();
    bounded.chain(trusted).chain(tag).chain(policies).collect()
}

/// One change, or two around a release: what is added comes before it, what is taken away after it.
fn policy_changes(
    names: &Names,
    from: Option<&Document>,
    to: &Document,
    is_released: bool,
) -> Vec<RoleAction> {
    let Some(before) = from else {
        return vec![PutPolicy(change(names, None, to))];
    };
    if before == to {
        return Vec::new();
    }
    let both = to.with(before);
    if !is_released || both == *to {
        return vec![PutPolicy(change(names, from, to))];
    }
    if before.with(to) == *before {
        return vec![NarrowPolicy(change(names, from, to))];
    }
    vec![
        PutPolicy(change(names, from, &both)),
        NarrowPolicy(change(names, Some(&both), to)),
    ]
}

/// What a version that was made earlier needs and the role may not do any more. Nothing is taken away:
/// the next `up` does that.
pub(in crate::plan) fn widening(
    names: &Names,
    live: &LiveRole,
    needed: &Document,
) -> Option<RoleAction> {
    let from = live.policy.as_ref()?;
    let to = from.with(needed);
    (to != *from).then(|| PutPolicy(change(names, Some(from), &to)))
}

fn change(names: &Names, from: Option<&Document>, to: &Document) -> PolicyChange {
    PolicyChange {
        role: names.role.clone(),
        policy: names.role_policy.to_owned(),
        from: from.cloned(),
        to: to.clone(),
    }
}

impl RoleAction {
    pub(in crate::plan) fn describe(&self) -> Description {
        match self {
            Create {
                name,
                trust: _,
                boundary,
                tags: _,
            } => {
                let assumed = "assumed by lambda.amazonaws.com".to_owned();
                let within = boundary
                    .as_ref()
                    .map(|arn| format!("within the boundary {arn}"));
                Description::new(Change::Create, "role", name)
                    .details([assumed].into_iter().chain(within))
            }
            SetBoundary { name, from, to } => Description::new(Change::Update, "role", name)
                .aspect("permissions boundary")
                .detail(format!(
                    "permissions boundary {} -> {to}",
                    from.as_deref().unwrap_or("none")
                )),
            SetTrust { name, from, to } => Description::new(Change::Update, "role", name)
                .aspect("trust")
                .details([format!("trust {from}"), format!("   -> {to}")]),
            PutPolicy(policy) | NarrowPolicy(policy) => policy.describe(),
            Tag { name, tags } => Description::new(Change::Update, "role", name)
                .aspect("tags")
                .details(tags.details()),
            DeletePolicy { role, policy } => {
                Description::new(Change::Delete, "role policy", format!("{role}/{policy}"))
            }
            Delete { name } => Description::new(Change::Delete, "role", name),
        }
    }

    /// `is_update`: function and role are there already.
    pub(in crate::plan) fn rank(&self, is_update: bool) -> Rank {
        match self {
            SetBoundary { .. } | SetTrust { .. } if is_update => Rank::Prepare,
            Create { .. }
            | SetBoundary { .. }
            | SetTrust { .. }
            | DeletePolicy { .. }
            | Delete { .. } => Rank::First,
            PutPolicy(_) => Rank::Prepare,
            Tag { .. } => Rank::Settle,
            NarrowPolicy(_) => Rank::Last,
        }
    }

    pub(in crate::plan) fn guard(&self) -> Guard {
        match self {
            Create { .. } | DeletePolicy { .. } | Delete { .. } => Guard::Aws,
            SetBoundary { .. } | SetTrust { .. } | PutPolicy(_) | NarrowPolicy(_) | Tag { .. } => {
                Guard::Look
            }
        }
    }
}

impl PolicyChange {
    fn describe(&self) -> Description {
        let Self {
            role,
            policy,
            from,
            to,
        } = self;
        let name = format!("{role}/{policy}");
        match from {
            None => Description::new(Change::Create, "role policy", name).details(to.grants()),
            Some(from) => Description::new(Change::Update, "role policy", name)
                .details(grants_changed(&from.grants(), &to.grants())),
        }
    }
}

fn grants_changed(from: &[String], to: &[String]) -> Vec<String> {
    let gone = from
        .iter()
        .filter(|grant| !to.contains(grant))
        .map(|grant| format!("no longer {grant}"));
    let new = to.iter().filter(|grant| !from.contains(grant)).cloned();
    let changes: Vec<String> = gone.chain(new).collect();
    if changes.is_empty() {
        vec!["effect or conditions, back to ours".to_owned()]
    } else {
        changes
    }
}
