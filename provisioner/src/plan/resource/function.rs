//! The function at `$LATEST`: its configuration, its code and its reserved concurrency.

pub(crate) mod agents;
pub(crate) mod words;

use std::collections::BTreeMap;

use crate::deployment::content::{Code, Configuration, Package};
use crate::deployment::names::Tags;
use crate::deployment::state::{Desired, LiveFunction};
use crate::deployment::variables::OWN_VARIABLES;
use crate::plan::description::{Change, Description};
use crate::plan::note::Note;
use crate::plan::order::{Guard, Rank};
use crate::plan::tags::TagChange;
use words::{code_sent, configuration_changed, new_function};

/// A change of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionAction {
    Create {
        name: String,
        configuration: Configuration,
        package: Package,
        tags: Tags,
    },
    UpdateConfiguration {
        name: String,
        from: Configuration,
        to: Configuration,
    },
    UpdateCode {
        name: String,
        from: Code,
        to: Package,
    },
    SetConcurrency {
        name: String,
        from: Option<i32>,
        to: u16,
    },
    Tag {
        name: String,
        arn: String,
        tags: TagChange,
    },
    Delete {
        name: String,
    },
}

use FunctionAction::{Create, Delete, SetConcurrency, Tag, UpdateCode, UpdateConfiguration};

/// A new function.
pub(in crate::plan) fn creation(
    desired: &Desired,
    configuration: &Configuration,
    package: &Package,
) -> Vec<FunctionAction> {
    let name = desired.names.function.clone();
    let create = Create {
        name: name.clone(),
        configuration: configuration.clone(),
        package: package.clone(),
        tags: desired.tags.clone(),
    };
    let concurrency = desired.reserved_concurrency.map(|to| SetConcurrency {
        name,
        from: None,
        to,
    });
    [create].into_iter().chain(concurrency).collect()
}

/// What it takes to bring a function that is there to what is wanted. Configuration comes before code,
/// as AWS takes them in two calls.
pub(in crate::plan) fn changes(
    desired: &Desired,
    configuration: &Configuration,
    live: &LiveFunction,
    notes: &mut Vec<Note>,
) -> Vec<FunctionAction> {
    // The rest is for `status`.
    let LiveFunction {
        arn,
        tags,
        configuration: current,
        code,
        state: _,
        failed_update,
        last_modified: _,
        reserved_concurrency,
        vpc,
    } = live;
    let name = desired.names.function.clone();
    // After a failed update AWS shows the new values while the old ones run, and what has failed to be
    // made never runs: both are sent again.
    let is_failed = live.is_failed();
    let again = failed_update.is_some() || is_failed;
    let configured = (again || !configuration.agrees_with(current)).then(|| UpdateConfiguration {
        name: name.clone(),
        from: current.clone(),
        to: configuration.clone(),
    });
    let package = desired.package.as_ref();
    let sent = package
        .filter(|package| again || Code::of(package) != *code)
        .map(|package| UpdateCode {
            name: name.clone(),
            from: code.clone(),
            to: package.clone(),
        });
    if let Some(vpc) = vpc {
        notes.push(Note::trouble(format!(
            "the function runs in {vpc}: function URLs do not stream inside a VPC"
        )));
    }
    if is_failed {
        notes.push(Note::trouble(
            "the function is in state Failed: its configuration and code are sent again",
        ));
    }
    if let Some(reason) = failed_update {
        notes.push(format!("the last update of the function failed: {reason}").into());
    }
    let tag = TagChange::between(tags, &desired.tags).map(|tags| Tag {
        name: name.clone(),
        arn: arn.clone(),
        tags,
    });
    let concurrency = concurrency(
        name,
        desired.reserved_concurrency,
        *reserved_concurrency,
        notes,
    );
    configured
        .into_iter()
        .chain(sent)
        .chain(tag)
        .chain(concurrency)
        .collect()
}

/// Reserved concurrency that is not in the configuration is left alone.
fn concurrency(
    name: String,
    wanted: Option<u16>,
    from: Option<i32>,
    notes: &mut Vec<Note>,
) -> Option<FunctionAction> {
    match (wanted, from) {
        (Some(to), from) if from != Some(to.into()) => {
            if from == Some(0) {
                notes.push(
                    "reserved concurrency was 0: somebody has stopped every call, perhaps on purpose"
                        .into(),
                );
            }
            Some(SetConcurrency { name, from, to })
        }
        (None, Some(0)) => {
            notes.push(Note::trouble(
                "left alone: reserved concurrency 0, with which every call is answered with 429",
            ));
            None
        }
        (None, Some(reserved)) => {
            notes.push(
                format!(
                    "left alone: reserved concurrency {reserved}, which is not in the configuration"
                )
                .into(),
            );
            None
        }
        (Some(_) | None, _) => None,
    }
}

/// The variables that others have set on the function, which every run of ours keeps. Variables with our
/// prefix that are not wanted any more go.
pub(in crate::plan) fn foreign(
    desired: &BTreeMap<String, String>,
    live: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    live.iter()
        .filter(|(key, _)| !key.starts_with(OWN_VARIABLES) && !desired.contains_key(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

impl FunctionAction {
    pub(in crate::plan) fn describe(&self) -> Description {
        match self {
            Create {
                name,
                configuration,
                package,
                tags: _,
            } => Description::new(Change::Create, "function", name)
                .details(new_function(configuration, package)),
            UpdateConfiguration { name, from, to } => {
                let description =
                    Description::new(Change::Update, "function", name).aspect("configuration");
                let changed = configuration_changed(from, to);
                if changed.is_empty() {
                    description
                        .detail("the same configuration again, because the function has failed")
                } else {
                    description.details(changed)
                }
            }
            UpdateCode { name, from, to } => Description::new(Change::Update, "function", name)
                .aspect("code")
                .details(code_sent(from, to)),
            SetConcurrency { name, from, to } => {
                let from = from.map_or("(none)".to_owned(), |reserved| reserved.to_string());
                Description::new(Change::Update, "function", name)
                    .aspect("concurrency")
                    .detail(format!("reserved concurrency {from} -> {to}"))
            }
            Tag { name, arn: _, tags } => Description::new(Change::Update, "function", name)
                .aspect("tags")
                .details(tags.details()),
            Delete { name } => {
                Description::new(Change::Delete, "function", name).detail("with all its versions")
            }
        }
    }

    pub(in crate::plan) fn rank(&self) -> Rank {
        match self {
            Create { .. } | UpdateConfiguration { .. } | UpdateCode { .. } | Delete { .. } => {
                Rank::First
            }
            // A version that may not run cannot show that it works.
            SetConcurrency { .. } => Rank::Prepare,
            Tag { .. } => Rank::Settle,
        }
    }

    pub(in crate::plan) fn guard(&self) -> Guard {
        match self {
            Create { .. } | UpdateConfiguration { .. } | UpdateCode { .. } | Delete { .. } => {
                Guard::Aws
            }
            SetConcurrency { .. } | Tag { .. } => Guard::Look,
        }
    }

    /// At its end the function is known to hold what it was told to.
    pub(in crate::plan) fn changes_latest(&self) -> bool {
        match self {
            Create { .. } | UpdateConfiguration { .. } | UpdateCode { .. } => true,
            SetConcurrency { .. } | Tag { .. } | Delete { .. } => false,
        }
    }
}
