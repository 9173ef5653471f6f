//! Action -> requests, one file a resource. The only caller is `release`.

mod alias;
mod function;
mod log_group;
mod permission;
mod rest;
mod role;
mod url;

pub(crate) use alias::{Before, Published};
pub(crate) use rest::Latest;

use super::patience;
use super::{Aws, AwsError};
use crate::deployment::names::Names;
use crate::deployment::record::Record;
use crate::plan::action::Action;

impl Aws {
    /// Carries out one action, as soon as AWS is ready for it. Deleting what is gone already counts as
    /// done. `latest` is what the function holds: found first, then as made here. Returns the address of a
    /// function URL that was made.
    pub(crate) async fn carry_out(
        &self,
        action: &Action,
        latest: &mut Latest,
    ) -> Result<Option<String>, AwsError> {
        patience::send(async || Box::pin(self.attempt(action, latest)).await).await
    }

    /// May be made again as a whole when AWS refuses because it is not ready: that only ever happens to
    /// the change itself, never to the reads behind it.
    async fn attempt(
        &self,
        action: &Action,
        latest: &mut Latest,
    ) -> Result<Option<String>, AwsError> {
        let Self {
            lambda, iam, logs, ..
        } = self;
        match action {
            Action::LogGroup(action) => log_group::carry_out(logs, action).await,
            Action::Role(action) => role::carry_out(iam, action).await,
            Action::Function(action) => function::carry_out(lambda, action, latest).await,
            Action::Version(action) => alias::delete_version(lambda, action).await,
            Action::Alias(action) => alias::delete_alias(lambda, action).await,
            Action::Permission(action) => permission::carry_out(lambda, action).await,
            Action::Url(action) => return url::carry_out(lambda, action).await,
        }
        .map(|()| None)
    }

    /// Publishes `$LATEST`, if it holds what this run has made of it.
    pub(crate) async fn publish(
        &self,
        names: &Names,
        code_sha256: &str,
        edition: Option<&str>,
        latest: &Latest,
    ) -> Result<Published, AwsError> {
        patience::send(async || {
            let published =
                alias::publish(&self.lambda, &names.function, code_sha256, edition, latest);
            Box::pin(published).await
        })
        .await
    }

    /// Lets the alias point to the version of `record` alone, and notes the record down.
    pub(crate) async fn point_alias(
        &self,
        names: &Names,
        record: &Record,
        before: &Before,
    ) -> Result<(), AwsError> {
        let Names {
            function, alias, ..
        } = names;
        patience::send(async || {
            let moved = alias::point_alias(&self.lambda, function, alias, record, before);
            Box::pin(moved).await
        })
        .await
    }

    /// The revision of an alias that is as `record` says; else somebody else is deploying.
    pub(crate) async fn revision_of(
        &self,
        names: &Names,
        record: &Record,
    ) -> Result<String, AwsError> {
        alias::revision_of(&self.lambda, &names.function, names.alias, record).await
    }

    /// Whether the function holds what this run knows of it. If not, somebody else is deploying.
    pub(crate) async fn is_still(&self, names: &Names, latest: &Latest) -> Result<(), AwsError> {
        let function = self.function(names).await?;
        if Latest::found(function.as_ref()) == *latest {
            return Ok(());
        }
        let function = names.function.clone();
        Err(AwsError::Overtaken { function })
    }
}
