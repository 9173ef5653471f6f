//! Reads the log group.

use aws_sdk_cloudwatchlogs::Client;

use crate::aws::AwsError;
use crate::state::{LiveLogGroup, Names, Tags};

/// The log group of exactly this name. AWS searches by prefix, in alphabetical order, so that it
/// comes first if it exists.
pub(super) async fn log_group(
    logs: &Client,
    names: &Names,
) -> Result<Option<LiveLogGroup>, AwsError> {
    let answer = logs
        .describe_log_groups()
        .log_group_name_prefix(&names.log_group)
        .send()
        .await
        .map_err(|error| {
            let resource = format!("log group `{}`", names.log_group);
            AwsError::new("logs:DescribeLogGroups", resource, &error)
        })?;
    let group = answer
        .log_groups()
        .iter()
        .find(|group| group.log_group_name() == Some(names.log_group.as_str()));
    Ok(group.map(|group| LiveLogGroup {
        arn: group
            .log_group_arn()
            .or_else(|| group.arn())
            .unwrap_or_default()
            .trim_end_matches(":*")
            .to_owned(),
        retention_days: group.retention_in_days(),
        tags: None,
    }))
}

/// The tags of a log group.
pub(super) async fn tags(logs: &Client, arn: &str) -> Result<Tags, AwsError> {
    let answer = logs
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .map_err(|error| {
            AwsError::new(
                "logs:ListTagsForResource",
                format!("log group `{arn}`"),
                &error,
            )
        })?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}
