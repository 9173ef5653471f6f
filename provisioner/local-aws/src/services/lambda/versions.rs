//! Published versions: immutable copies of `$LATEST`.

use std::sync::Arc;

use serde::Deserialize;

use super::function::{Content, Function, Functions, Revision};
use super::lifecycle::Lifecycle;
use super::reply::Reply;
use crate::route::Call;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PublishVersion {
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

pub(super) fn publish(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let input: PublishVersion = call.decode()?;
    let function = functions.find_mut(&name, scope)?;
    function.check_revision(input.revision_id.as_deref(), scope)?;
    let current = &function.latest.content.package.sha256;
    if let Some(expected) = input.code_sha256
        && expected != *current
    {
        return Err(ApiError::invalid_parameter_value(format!(
            "CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({current}). \
             Please try again with the CodeSHA256 in $LATEST."
        )));
    }
    function.check_settled(scope)?;
    let revision = function.publish(input.description, Lifecycle::settled(scope), scope);
    let answer = function.configuration(&revision, Some(&revision.version), scope);
    Ok(Reply::created(answer))
}

pub(super) fn list(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let function = functions.find(&name, scope)?;
    Ok(Reply::page(
        call,
        "Versions",
        function.all_versions(),
        |revision| function.listed(revision, Some(&revision.version), scope),
    ))
}

impl Function {
    /// Publishes `$LATEST`, unless that is what was published last.
    pub(super) fn publish(
        &mut self,
        description: Option<String>,
        lifecycle: Lifecycle,
        scope: &Scope<'_>,
    ) -> Revision {
        if let Some((number, content)) = &self.last_published
            && content.same_as(&self.latest.content)
            && let Some(published) = self.versions.get(number)
        {
            return published.clone();
        }
        let mut content = Content {
            id: scope.new_id(),
            ..Content::clone(&self.latest.content)
        };
        content.settings.description = description.unwrap_or(content.settings.description);
        let number = self.next_version;
        let revision = Revision {
            version: number.to_string(),
            content: Arc::new(content),
            last_modified: self.latest.last_modified,
            lifecycle,
        };
        self.next_version += 1;
        self.last_published = Some((number, Arc::clone(&self.latest.content)));
        self.versions.insert(number, revision.clone());
        self.latest.lifecycle.touch(scope);
        revision
    }

    pub(super) fn all_versions(&self) -> impl Iterator<Item = &Revision> {
        std::iter::once(&self.latest).chain(self.versions.values())
    }

    /// Refuses to delete a version that an alias points to. A missing version is no error, as on AWS.
    pub(super) fn delete_version(
        &mut self,
        number: &str,
        scope: &Scope<'_>,
    ) -> Result<(), ApiError> {
        let users: Vec<&str> = self
            .aliases
            .iter()
            .filter(|(_, alias)| alias.points_to(number))
            .map(|(name, _)| name.as_str())
            .collect();
        if !users.is_empty() {
            return Err(ApiError::resource_conflict(format!(
                "Version was not able to be deleted: {} is used by alias [{}]",
                self.arn(Some(number), scope),
                users.join(", ")
            )));
        }
        if let Ok(key) = number.parse::<u64>() {
            self.versions.remove(&key);
        }
        self.policies.remove(&Some(number.to_owned()));
        Ok(())
    }
}

impl Content {
    fn same_as(&self, other: &Self) -> bool {
        self.settings == other.settings && self.package == other.package
    }
}
