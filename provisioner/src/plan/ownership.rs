//! Tells ours from theirs by tags. A resource of the right name without our tags is never touched.

use std::fmt;

use crate::deployment::names::{DEPLOYMENT_TAG, MANAGED_BY, MANAGED_BY_TAG, Names, Tags};
use crate::deployment::state::Live;

/// A resource that carries tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    LogGroup,
    Role,
    Function,
}

/// A resource with a name of ours that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignResource {
    pub(super) resource: Resource,
    name: String,
    /// The deployment that it belongs to, if it is one of ours after all.
    deployment: Option<String>,
}

impl fmt::Display for ForeignResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            resource,
            name,
            deployment,
        } = self;
        let kind = match resource {
            Resource::LogGroup => "log group",
            Resource::Role => "role",
            Resource::Function => "function",
        };
        write!(f, "{kind} `{name}`")?;
        match deployment {
            Some(deployment) => write!(f, " (of deployment `{deployment}`)"),
            None => Ok(()),
        }
    }
}

/// Whether these are the tags of a resource of `deployment`.
pub(super) fn is_ours(tags: &Tags, deployment: &str) -> bool {
    let has = |key: &str, wanted: &str| tags.get(key).is_some_and(|value| value == wanted);
    has(MANAGED_BY_TAG, MANAGED_BY) && has(DEPLOYMENT_TAG, deployment)
}

/// Everything under our names that is not ours.
pub(super) fn foreign(live: &Live, names: &Names) -> Vec<ForeignResource> {
    let log_group = live.log_group.as_ref();
    let role = live.role.as_ref();
    let function = live.function.as_ref();
    [
        log_group.map(|it| (Resource::LogGroup, &names.log_group, &it.tags)),
        role.map(|it| (Resource::Role, &names.role, &it.tags)),
        function.map(|it| (Resource::Function, &names.function, &it.tags)),
    ]
    .into_iter()
    .flatten()
    .filter(|(_, _, tags)| !is_ours(tags, &names.deployment))
    .map(|(resource, name, tags)| ForeignResource {
        resource,
        name: name.clone(),
        deployment: tags
            .get(DEPLOYMENT_TAG)
            .filter(|deployment| **deployment != names.deployment)
            .cloned(),
    })
    .collect()
}

/// The resources as the subject of a sentence.
pub(super) fn listed(resources: &[ForeignResource]) -> String {
    let resources: Vec<String> = resources.iter().map(ToString::to_string).collect();
    resources.join(", ")
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
