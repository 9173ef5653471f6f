//! The data of a function: `$LATEST`, published versions, and what belongs to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use uuid::Uuid;

use super::alias::Alias;
use super::lifecycle::{Lifecycle, Phase};
use super::package::Package;
use super::policy::Policy;
use super::settings::Settings;
use super::url::UrlConfig;
use crate::route::{FunctionName, LATEST, function_arn, is_version_number};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

/// All functions, by name.
#[derive(Debug, Default)]
pub(crate) struct Functions(pub(super) BTreeMap<String, Function>);

/// What a version runs. Never changed, only replaced.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// Differs between two contents even if their values are equal.
    pub(super) id: Uuid,
    pub(super) settings: Settings,
    pub(super) package: Package,
    /// `dev` has made the function and every change of it, so all of this is what the developer runs.
    /// Once somebody else has changed something, nobody looks what it was.
    pub(super) only_by_deployer: bool,
}

/// `$LATEST` or a published version.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    /// `$LATEST` or a number.
    pub(super) version: String,
    pub(super) content: Arc<Content>,
    pub(super) last_modified: SystemTime,
    pub(super) lifecycle: Lifecycle,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) latest: Revision,
    /// What `$LATEST` was before the update that may still be in progress: invocations get this
    /// until it is done.
    pub(super) before_update: Option<Arc<Content>>,
    /// Published versions, by number.
    pub(super) versions: BTreeMap<u64, Revision>,
    pub(super) next_version: u64,
    /// The last published version, and what `$LATEST` was then.
    pub(super) last_published: Option<(u64, Arc<Content>)>,
    pub(super) aliases: BTreeMap<String, Alias>,
    /// By alias; `None` is the function itself.
    pub(super) urls: BTreeMap<Option<String>, UrlConfig>,
    /// By alias or version; `None` is the function itself.
    pub(super) policies: BTreeMap<Option<String>, Policy>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) reserved_concurrency: Option<u32>,
    /// Each invocation in progress holds a clone: the count of clones is the count of invocations.
    pub(super) invocations: Arc<()>,
}

impl Functions {
    pub(super) fn find(
        &self,
        name: &FunctionName,
        scope: &Scope<'_>,
    ) -> Result<&Function, ApiError> {
        self.0.get(&name.name).ok_or_else(|| name.not_found(scope))
    }

    pub(super) fn find_mut(
        &mut self,
        name: &FunctionName,
        scope: &Scope<'_>,
    ) -> Result<&mut Function, ApiError> {
        self.0
            .get_mut(&name.name)
            .ok_or_else(|| name.not_found(scope))
    }
}

impl Function {
    /// The version that a qualifier means: itself, or through an alias.
    pub(super) fn revision(&self, qualifier: Option<&str>) -> Option<&Revision> {
        match qualifier {
            None | Some(LATEST) => Some(&self.latest),
            Some(number) if is_version_number(number) => self.versions.get(&number.parse().ok()?),
            Some(alias) => self.revision(Some(&self.aliases.get(alias)?.version)),
        }
    }

    pub(super) fn arn(&self, qualifier: Option<&str>, scope: &Scope<'_>) -> String {
        function_arn(&self.name, qualifier, scope)
    }

    /// Refuses a change while another one is still going through.
    pub(super) fn check_settled(&self, scope: &Scope<'_>) -> Result<(), ApiError> {
        match self.latest.lifecycle.phase(scope.now) {
            Phase::Settled => Ok(()),
            Phase::Updating => Err(ApiError::resource_conflict(format!(
                "The operation cannot be performed at this time. An update is in progress for \
                 resource: {}",
                self.arn(None, scope)
            ))),
            Phase::Creating => Err(still_pending()),
        }
    }

    /// Refuses a change that was decided on an older state than this.
    pub(super) fn check_revision(
        &self,
        revision_id: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<(), ApiError> {
        match revision_id {
            Some(id) if id != self.latest.lifecycle.revision_id(scope.now) => {
                Err(stale_revision("GetFunction/GetAlias"))
            }
            _ => Ok(()),
        }
    }

    /// Starts an update of `$LATEST`.
    pub(super) fn update(
        &mut self,
        settings: Settings,
        package: Package,
        by_deployer: bool,
        scope: &Scope<'_>,
    ) {
        let content = Arc::new(Content {
            id: scope.new_id(),
            settings,
            package,
            only_by_deployer: by_deployer && self.latest.content.only_by_deployer,
        });
        self.before_update = Some(std::mem::replace(&mut self.latest.content, content));
        self.latest.last_modified = scope.now;
        self.latest.lifecycle = Lifecycle::updating(scope);
    }

    /// What an invocation of this version runs now.
    pub(super) fn running(&self, revision: &Revision, scope: &Scope<'_>) -> Arc<Content> {
        let updating = revision.lifecycle.phase(scope.now) == Phase::Updating;
        match &self.before_update {
            Some(before) if updating && revision.version == LATEST => Arc::clone(before),
            _ => Arc::clone(&revision.content),
        }
    }

    /// Gives the version or alias of this qualifier a new `RevisionId`.
    pub(super) fn touch(&mut self, qualifier: Option<&str>, scope: &Scope<'_>) {
        let revision = match qualifier {
            None | Some(LATEST) => Some(&mut self.latest),
            Some(number) if is_version_number(number) => number
                .parse()
                .ok()
                .and_then(|number: u64| self.versions.get_mut(&number)),
            Some(alias) => {
                if let Some(alias) = self.aliases.get_mut(alias) {
                    alias.revision_id = scope.new_id().to_string();
                }
                None
            }
        };
        if let Some(revision) = revision {
            revision.lifecycle.touch(scope);
        }
    }

    /// The `RevisionId` of the version or alias of this qualifier.
    pub(super) fn revision_id(&self, qualifier: Option<&str>, scope: &Scope<'_>) -> Option<String> {
        match qualifier.and_then(|alias| self.aliases.get(alias)) {
            Some(alias) => Some(alias.revision_id.clone()),
            None => Some(self.revision(qualifier)?.lifecycle.revision_id(scope.now)),
        }
    }
}

pub(super) fn still_pending() -> ApiError {
    ApiError::resource_conflict(
        "The operation cannot be performed at this time. The function is currently in the \
         following state: Pending",
    )
}

/// `source` is the operation that would give the current revision.
pub(super) fn stale_revision(source: &str) -> ApiError {
    ApiError::precondition_failed(format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {source} API to \
         retrieve the latest Revision Id"
    ))
}
