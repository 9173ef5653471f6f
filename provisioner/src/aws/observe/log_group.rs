//! Sees the log group, and what was logged.

use aws_sdk_cloudwatchlogs::Client;

use crate::aws::AwsError;
use crate::deployment::names::Names;
use crate::deployment::state::{LiveLogGroup, LogEvent};

/// The log group of exactly this name, with its tags. AWS searches by prefix, in alphabetical order, so
/// that it comes first if it exists.
pub(super) async fn log_group(
    logs: &Client,
    names: &Names,
) -> Result<Option<LiveLogGroup>, AwsError> {
    let answer = logs
        .describe_log_groups()
        .log_group_name_prefix(&names.log_group)
        .send()
        .await
        .map_err(|error| AwsError::new("logs:DescribeLogGroups", resource(names), &error))?;
    let Some(group) = answer
        .log_groups()
        .iter()
        .find(|group| group.log_group_name() == Some(names.log_group.as_str()))
    else {
        return Ok(None);
    };
    let arn = group.log_group_arn().or_else(|| group.arn());
    let arn = arn.unwrap_or_default().trim_end_matches(":*").to_owned();
    let answer = logs
        .list_tags_for_resource()
        .resource_arn(&arn)
        .send()
        .await;
    // Gone meanwhile: then it is not there.
    let answer = AwsError::found("logs:ListTagsForResource", &resource(names), answer)?;
    Ok(answer.map(|answer| LiveLogGroup {
        arn,
        retention_days: group.retention_in_days(),
        tags: answer.tags.unwrap_or_default().into_iter().collect(),
    }))
}

/// A page of the events since `from` (milliseconds since 1970) that `pattern` fits, oldest first, and the
/// token of the next page.
pub(super) async fn events(
    logs: &Client,
    names: &Names,
    from: i64,
    pattern: Option<&str>,
    token: Option<String>,
) -> Result<(Vec<LogEvent>, Option<String>), AwsError> {
    let answer = logs
        .filter_log_events()
        .log_group_name(&names.log_group)
        .start_time(from)
        .set_filter_pattern(pattern.map(str::to_owned))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::new("logs:FilterLogEvents", resource(names), &error))?;
    let next = answer.next_token;
    let events = answer.events.unwrap_or_default().into_iter();
    let events = events.map(|event| LogEvent {
        id: event.event_id.unwrap_or_default(),
        timestamp: event.timestamp.unwrap_or_default(),
        message: event.message.unwrap_or_default(),
    });
    Ok((events.collect(), next))
}

fn resource(names: &Names) -> String {
    format!("log group `{}`", names.log_group)
}
