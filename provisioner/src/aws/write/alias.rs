//! Writes versions and the alias that points to one of them.

use std::collections::HashMap;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_alias::GetAliasOutput;
use aws_sdk_lambda::types::AliasRoutingConfiguration;

use super::rest::{self, Latest, function};
use crate::aws::AwsError;
use crate::aws::settings::Settings;
use crate::deployment::digest::ContentDigest;
use crate::deployment::edition::description;
use crate::deployment::record::Record;
use crate::plan::resource::alias::DeleteAlias;
use crate::plan::resource::version::DeleteVersion;

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) version: String,
    pub(crate) content: ContentDigest,
}

/// What the alias has to be like before it is pointed somewhere else: AWS refuses where it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    /// There is none yet.
    Absent,
    /// It has this revision.
    Revision(String),
}

/// Publishes `$LATEST` and returns the version; Lambda answers the last one if nothing has changed
/// since. The hash makes sure that it is the code we sent.
pub(super) async fn publish(
    lambda: &Client,
    name: &str,
    code_sha256: &str,
    edition: Option<&str>,
    latest: &Latest,
) -> Result<Published, AwsError> {
    const OPERATION: &str = "lambda:PublishVersion";

    let revision = rest::after_change(lambda, name, latest).await?;
    let published = lambda
        .publish_version()
        .function_name(name)
        .code_sha256(code_sha256)
        .set_description(edition.map(description))
        .set_revision_id(revision)
        .send()
        .await
        .map_err(|error| AwsError::new(OPERATION, function(name), &error))?;
    let Some(version) = published.version().map(str::to_owned) else {
        return Err(AwsError::Incomplete {
            operation: OPERATION,
            resource: function(name),
            missing: "a version",
        });
    };
    // The alias may point to a version only once it can answer.
    if !rest::is_at_rest(published.state(), published.last_update_status()) {
        rest::version(lambda, name, &version).await?;
    }
    let settings = Settings::of_published(&published);
    Ok(Published {
        version,
        content: settings.digest(),
    })
}

/// Lets the alias point to the version of `record` alone: a share routed elsewhere ends.
///
/// If the answer is lost, sending the request again is refused, because the alias has changed. So an
/// alias that is as it should be counts as moved: whoever runs `rollback` again would otherwise go back
/// one version more.
pub(super) async fn point_alias(
    lambda: &Client,
    name: &str,
    alias: &str,
    record: &Record,
    before: &Before,
) -> Result<(), AwsError> {
    match move_alias(lambda, name, alias, record, before).await {
        Err(error) if error.may_be_done() => {
            let done = revision_of(lambda, name, alias, record).await;
            done.map(drop).map_err(|_| error)
        }
        result => result,
    }
}

/// The revision of an alias that is as `record` says.
pub(super) async fn revision_of(
    lambda: &Client,
    name: &str,
    alias: &str,
    record: &Record,
) -> Result<String, AwsError> {
    const OPERATION: &str = "lambda:GetAlias";

    let request = lambda.get_alias().function_name(name).name(alias);
    let resource = format!("alias `{name}:{alias}`");
    let answer = request
        .send()
        .await
        .map_err(|error| AwsError::new(OPERATION, resource.clone(), &error))?;
    if !is_moved(&answer, record) {
        let function = name.to_owned();
        return Err(AwsError::Overtaken { function });
    }
    answer.revision_id.ok_or(AwsError::Incomplete {
        operation: OPERATION,
        resource,
        missing: "a revision id",
    })
}

fn is_moved(alias: &GetAliasOutput, record: &Record) -> bool {
    let routed = alias
        .routing_config()
        .and_then(AliasRoutingConfiguration::additional_version_weights);
    alias.function_version() == Some(&record.version)
        && alias.description() == Some(&record.to_string())
        && routed.is_none_or(HashMap::is_empty)
}

async fn move_alias(
    lambda: &Client,
    name: &str,
    alias: &str,
    record: &Record,
    before: &Before,
) -> Result<(), AwsError> {
    let resource = format!("alias `{name}:{alias}`");
    let Before::Revision(revision_id) = before else {
        lambda
            .create_alias()
            .function_name(name)
            .name(alias)
            .function_version(&record.version)
            .description(record.to_string())
            .send()
            .await
            .map_err(|error| AwsError::new("lambda:CreateAlias", resource, &error))?;
        return Ok(());
    };
    let nowhere_else = AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some([].into()))
        .build();
    lambda
        .update_alias()
        .function_name(name)
        .name(alias)
        .function_version(&record.version)
        .description(record.to_string())
        .routing_config(nowhere_else)
        .revision_id(revision_id)
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:UpdateAlias", resource, &error))?;
    Ok(())
}

pub(super) async fn delete_alias(
    lambda: &Client,
    DeleteAlias {
        function: name,
        alias,
    }: &DeleteAlias,
) -> Result<(), AwsError> {
    let request = lambda.delete_alias().function_name(name).name(alias);
    let resource = format!("alias `{name}:{alias}`");
    let result = request.send().await;
    let result = result.map_err(|error| AwsError::new("lambda:DeleteAlias", resource, &error));
    AwsError::gone(result.map(drop))
}

/// AWS refuses where an alias still points to it.
pub(super) async fn delete_version(
    lambda: &Client,
    DeleteVersion {
        function: name,
        version,
    }: &DeleteVersion,
) -> Result<(), AwsError> {
    let request = lambda
        .delete_function()
        .function_name(name)
        .qualifier(version.to_string());
    let resource = format!("version {version} of function `{name}`");
    let result = request.send().await;
    let result = result.map_err(|error| AwsError::new("lambda:DeleteFunction", resource, &error));
    AwsError::gone(result.map(drop))
}
