//! Tells ours from theirs by tags. A resource of the right name without our tags is never touched.

use std::fmt;

use super::Tagged;
use crate::deployment::names::{DEPLOYMENT_TAG, MANAGED_BY, MANAGED_BY_TAG, Names, Tags};
use crate::deployment::state::Live;

/// A resource with a name of ours that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignResource {
    pub(super) resource: Tagged,
    /// The deployment that it belongs to, if it is one of ours after all.
    pub(super) deployment: Option<String>,
}

impl fmt::Display for ForeignResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Tagged::LogGroup { name, arn: _ } => write!(f, "log group `{name}`"),
            Tagged::Role { name } => write!(f, "role `{name}`"),
            Tagged::Function { name, arn: _ } => write!(f, "function `{name}`"),
        }?;
        match &self.deployment {
            Some(deployment) => write!(f, " (of deployment `{deployment}`)"),
            None => Ok(()),
        }
    }
}

/// Whether these are the tags of a resource of `deployment`.
pub(super) fn is_ours(tags: &Tags, deployment: &str) -> bool {
    tags.get(MANAGED_BY_TAG)
        .is_some_and(|value| value == MANAGED_BY)
        && tags
            .get(DEPLOYMENT_TAG)
            .is_some_and(|value| value == deployment)
}

/// Everything under our names that is not ours, as far as its tags are known.
pub(super) fn foreign(live: &Live, names: &Names) -> Vec<ForeignResource> {
    let log_group = live.log_group.as_ref().and_then(|group| {
        let (name, arn) = (names.log_group.clone(), group.arn.clone());
        Some((Tagged::LogGroup { name, arn }, group.tags.as_ref()?))
    });
    let role = live.role.as_ref().and_then(|role| {
        let name = names.role.clone();
        Some((Tagged::Role { name }, &role.head.as_ref()?.tags))
    });
    let function = live.function.as_ref().map(|function| {
        let (name, arn) = (names.function.clone(), function.arn.clone());
        (Tagged::Function { name, arn }, &function.tags)
    });
    [log_group, role, function]
        .into_iter()
        .flatten()
        .filter(|(_, tags)| !is_ours(tags, &names.deployment))
        .map(|(resource, tags)| ForeignResource {
            resource,
            deployment: tags
                .get(DEPLOYMENT_TAG)
                .filter(|deployment| **deployment != names.deployment)
                .cloned(),
        })
        .collect()
}

/// The resources as the subject of a sentence.
pub(super) fn listed(resources: &[ForeignResource]) -> String {
    resources
        .iter()
        .map(|resource| format!("{resource}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How to rename the deployment, or adopt what is there.
pub(super) fn ways_out(resources: &[ForeignResource]) -> String {
    if resources.iter().all(ForeignResource::is_nobodys) {
        "choose another `name`, or take over what exists with `--adopt`: it will be changed to fit, and \
         `down` will delete it (`provision plan --adopt` shows how)"
            .to_owned()
    } else {
        "choose another `name`".to_owned()
    }
}

impl ForeignResource {
    /// No other deployment of this tool has it.
    pub(super) fn is_nobodys(&self) -> bool {
        self.deployment.is_none()
    }
}
