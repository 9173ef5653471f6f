//! Action -> requests. The only caller is `apply`.

mod iam;
mod lambda;
mod logs;

pub(crate) use lambda::Latest;

use super::{Aws, AwsError, patience};
use crate::deployment::record::{ContentDigest, Record};
use crate::plan::{Action, Tagged};

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) version: String,
    pub(crate) content: ContentDigest,
}

/// What an alias has to be like when it is pointed somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guard {
    /// There is none yet.
    Absent,
    /// It has this revision; an emulator may tell none.
    Revision(Option<String>),
}

/// What a change brought about that later steps or the user want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// The version that the alias may point to, once it has shown that it works.
    Published(Published),
    /// The address of a new function URL.
    Url(String),
}

impl Aws {
    /// Carries out one action, as soon as AWS is ready for it; of a release only the first half, because
    /// what comes then depends on whether the version works. Deleting what is gone already counts as
    /// done. `latest` is what the function holds: found first, then as made here.
    pub(crate) async fn carry_out(
        &self,
        action: &Action,
        latest: &mut Latest,
    ) -> Result<Outcome, AwsError> {
        patience::send(async || Box::pin(self.attempt(action, latest)).await).await
    }

    /// May be made again as a whole when AWS refuses because it is not ready: that only ever happens to
    /// the change itself, never to the reads behind it.
    #[expect(
        clippy::too_many_lines,
        reason = "a line or two for each kind of action"
    )]
    async fn attempt(&self, action: &Action, latest: &mut Latest) -> Result<Outcome, AwsError> {
        let Self {
            lambda,
            iam,
            logs,
            sts: _,
            connection: _,
            credentials: _,
            found: _,
            requests: _,
        } = self;
        match action {
            Action::CreateLogGroup {
                name,
                retention_days,
                tags,
            } => {
                logs::create(logs, name, tags).await?;
                logs::set_retention(logs, name, *retention_days).await?;
            }
            Action::SetRetention {
                log_group,
                from: _,
                to,
            } => {
                logs::set_retention(logs, log_group, *to).await?;
            }
            Action::CreateRole { name, trust, tags } => iam::create(iam, name, trust, tags).await?,
            Action::SetTrust { role, from: _, to } => iam::set_trust(iam, role, to).await?,
            Action::PutRolePolicy {
                role,
                name,
                from: _,
                to,
            } => {
                iam::put_policy(iam, role, name, to).await?;
            }
            Action::CreateFunction {
                name,
                configuration,
                package,
                tags,
            } => {
                lambda::create(lambda, name, configuration, package, tags, latest).await?;
            }
            Action::UpdateConfiguration {
                function,
                from: _,
                to,
            } => {
                lambda::update_configuration(lambda, function, to, latest).await?;
            }
            Action::UpdateCode {
                function,
                from: _,
                to,
            } => {
                lambda::update_code(lambda, function, to, latest).await?;
            }
            Action::Tag {
                resource,
                from: _,
                to,
            } => match resource {
                Tagged::LogGroup { name: _, arn } => logs::tag(logs, arn, to).await?,
                Tagged::Role { name } => iam::tag(iam, name, to).await?,
                Tagged::Function { name: _, arn } => lambda::tag(lambda, arn, to).await?,
            },
            Action::Release {
                function,
                alias: _,
                code_sha256,
                from: _,
                differences: _,
            } => {
                return lambda::publish(lambda, function, code_sha256, latest)
                    .await
                    .map(Outcome::Published);
            }
            // There is nothing to publish.
            Action::PointAlias {
                version, content, ..
            } => {
                let (version, content) = (version.clone(), content.clone());
                return Ok(Outcome::Published(Published { version, content }));
            }
            Action::DeleteVersion { function, version } => {
                lambda::delete_version(lambda, function, *version).await?;
            }
            Action::SetConcurrency {
                function,
                from: _,
                to,
            } => {
                lambda::reserve_concurrency(lambda, function, *to).await?;
            }
            Action::RemovePermission {
                function,
                alias,
                sid,
                grants: _,
                reason: _,
            } => {
                lambda::remove_permission(lambda, function, alias, sid).await?;
            }
            Action::AddPermission {
                function,
                alias,
                grant,
            } => {
                lambda::add_permission(lambda, function, alias, *grant).await?;
            }
            Action::CreateUrl {
                function,
                alias,
                settings,
            } => {
                return lambda::create_url(lambda, function, alias, settings)
                    .await
                    .map(Outcome::Url);
            }
            Action::UpdateUrl {
                function,
                alias,
                from: _,
                to,
            } => {
                lambda::update_url(lambda, function, alias, to).await?;
            }
            Action::DeleteUrl {
                function,
                alias,
                url: _,
            } => {
                lambda::delete_url(lambda, function, alias).await?;
            }
            Action::DeleteAlias { function, alias } => {
                lambda::delete_alias(lambda, function, alias).await?;
            }
            Action::DeleteFunction { name } => lambda::delete(lambda, name).await?,
            Action::DeleteRolePolicy { role, name } => iam::delete_policy(iam, role, name).await?,
            Action::DeleteRole { name } => iam::delete(iam, name).await?,
            Action::DeleteLogGroup { name } => logs::delete(logs, name).await?,
        }
        Ok(Outcome::Done)
    }

    /// Lets the alias point to the version of `record` alone, and notes the record down.
    pub(crate) async fn point_alias(
        &self,
        function: &str,
        alias: &str,
        record: &Record,
        guard: &Guard,
    ) -> Result<(), AwsError> {
        patience::send(async || {
            let moved = lambda::point_alias(&self.lambda, function, alias, record, guard);
            Box::pin(moved).await
        })
        .await
    }

    /// The revision of an alias that is as `record` says; else somebody else is deploying.
    pub(crate) async fn revision_of(
        &self,
        function: &str,
        alias: &str,
        record: &Record,
    ) -> Result<Option<String>, AwsError> {
        lambda::revision_of(&self.lambda, function, alias, record).await
    }
}

/// Deleting something that is not there has reached its goal.
fn gone(result: Result<(), AwsError>) -> Result<(), AwsError> {
    match result {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}
