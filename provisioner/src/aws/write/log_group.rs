//! Writes the log group.

use aws_sdk_cloudwatchlogs::Client;

use crate::aws::AwsError;
use crate::deployment::names::Tags;
use crate::plan::resource::log_group::LogGroupAction;

pub(super) async fn carry_out(logs: &Client, action: &LogGroupAction) -> Result<(), AwsError> {
    match action {
        LogGroupAction::Create {
            name,
            retention_days,
            tags,
        } => {
            create(logs, name, tags).await?;
            set_retention(logs, name, *retention_days).await
        }
        LogGroupAction::SetRetention { name, from: _, to } => set_retention(logs, name, *to).await,
        LogGroupAction::Tag { name: _, arn, tags } => tag(logs, arn, &tags.to).await,
        LogGroupAction::Delete { name } => delete(logs, name).await,
    }
}

async fn create(logs: &Client, name: &str, tags: &Tags) -> Result<(), AwsError> {
    logs.create_log_group()
        .log_group_name(name)
        .set_tags(Some(tags.clone().into_iter().collect()))
        .send()
        .await
        .map_err(|error| AwsError::new("logs:CreateLogGroup", log_group(name), &error))?;
    Ok(())
}

async fn set_retention(logs: &Client, name: &str, days: u16) -> Result<(), AwsError> {
    logs.put_retention_policy()
        .log_group_name(name)
        .retention_in_days(days.into())
        .send()
        .await
        .map_err(|error| AwsError::new("logs:PutRetentionPolicy", log_group(name), &error))?;
    Ok(())
}

async fn tag(logs: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    logs.tag_resource()
        .resource_arn(arn)
        .set_tags(Some(tags.clone().into_iter().collect()))
        .send()
        .await
        .map_err(|error| AwsError::new("logs:TagResource", log_group(arn), &error))?;
    Ok(())
}

async fn delete(logs: &Client, name: &str) -> Result<(), AwsError> {
    let result = logs.delete_log_group().log_group_name(name).send().await;
    AwsError::gone(
        result
            .map(drop)
            .map_err(|error| AwsError::new("logs:DeleteLogGroup", log_group(name), &error)),
    )
}

fn log_group(name: &str) -> String {
    format!("log group `{name}`")
}
