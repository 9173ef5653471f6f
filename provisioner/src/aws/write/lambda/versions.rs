//! Writes versions and the alias that points to one of them.

use std::collections::HashMap;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_alias::GetAliasOutput;
use aws_sdk_lambda::types::AliasRoutingConfiguration;

use super::{Latest, function, gone, rest};
use crate::aws::AwsError;
use crate::aws::read::Settings;
use crate::aws::write::{Guard, Published};
use crate::deployment::record::Record;

/// Publishes `$LATEST` and returns the version; Lambda answers the last one if nothing has changed
/// since. The hash makes sure that it is the code we sent.
pub(in crate::aws::write) async fn publish(
    lambda: &Client,
    name: &str,
    code_sha256: &str,
    latest: &Latest,
) -> Result<Published, AwsError> {
    const OPERATION: &str = "lambda:PublishVersion";

    let revision = rest::after_change(lambda, name, latest).await?;
    let published = lambda
        .publish_version()
        .function_name(name)
        .code_sha256(code_sha256)
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
pub(in crate::aws::write) async fn point_alias(
    lambda: &Client,
    name: &str,
    alias: &str,
    record: &Record,
    guard: &Guard,
) -> Result<(), AwsError> {
    match move_alias(lambda, name, alias, record, guard).await {
        Err(error) if error.may_be_done() => {
            let done = revision_of(lambda, name, alias, record).await;
            done.map(drop).map_err(|_| error)
        }
        result => result,
    }
}

/// The revision of an alias that is as `record` says.
pub(in crate::aws::write) async fn revision_of(
    lambda: &Client,
    name: &str,
    alias: &str,
    record: &Record,
) -> Result<Option<String>, AwsError> {
    let request = lambda.get_alias().function_name(name).name(alias);
    let answer = request.send().await.map_err(|error| {
        AwsError::new("lambda:GetAlias", format!("alias `{name}:{alias}`"), &error)
    })?;
    if is_moved(&answer, record) {
        Ok(answer.revision_id)
    } else {
        let function = name.to_owned();
        Err(AwsError::Overtaken { function })
    }
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
    guard: &Guard,
) -> Result<(), AwsError> {
    let resource = format!("alias `{name}:{alias}`");
    let Guard::Revision(revision_id) = guard else {
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
        .set_revision_id(revision_id.clone())
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:UpdateAlias", resource, &error))?;
    Ok(())
}

pub(in crate::aws::write) async fn delete_alias(
    lambda: &Client,
    name: &str,
    alias: &str,
) -> Result<(), AwsError> {
    let request = lambda.delete_alias().function_name(name).name(alias);
    let resource = format!("alias `{name}:{alias}`");
    let result = request.send().await;
    let result = result.map_err(|error| AwsError::new("lambda:DeleteAlias", resource, &error));
    gone(result.map(drop))
}

/// AWS refuses where an alias still points to it.
pub(in crate::aws::write) async fn delete_version(
    lambda: &Client,
    name: &str,
    version: u64,
) -> Result<(), AwsError> {
    let request = lambda
        .delete_function()
        .function_name(name)
        .qualifier(version.to_string());
    let resource = format!("version {version} of function `{name}`");
    let result = request.send().await;
    let result = result.map_err(|error| AwsError::new("lambda:DeleteFunction", resource, &error));
    gone(result.map(drop))
}
