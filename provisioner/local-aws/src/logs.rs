//! `CloudWatch` Logs: groups with their retention and tags, and the lines that functions write.

mod events;
mod filter_pattern;
mod groups;
mod streams;
mod tags;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::account::{Scope, State};
use super::api_error::{ApiError, decode};

pub(crate) use groups::LogGroups;

/// What the `x-amz-target` header starts with.
pub(crate) const TARGET: &str = "Logs_20140328.";

pub(crate) fn handle(
    operation: &str,
    body: &[u8],
    state: &mut State,
    scope: &Scope<'_>,
) -> Result<Value, ApiError> {
    let groups = &mut state.log_groups;
    match operation {
        "CreateLogGroup" => groups.create(decode(operation, body)?, scope),
        "DescribeLogGroups" => groups.describe(&decode(operation, body)?, scope),
        "DeleteLogGroup" => groups.delete(&decode(operation, body)?),
        "PutRetentionPolicy" => groups.put_retention(&decode(operation, body)?),
        "DeleteRetentionPolicy" => groups.delete_retention(&decode(operation, body)?),
        "TagResource" => groups.tag(decode(operation, body)?, scope),
        "UntagResource" => groups.untag(&decode(operation, body)?, scope),
        "ListTagsForResource" => groups.list_tags(&decode(operation, body)?, scope),
        "DescribeLogStreams" => groups.describe_streams(&decode(operation, body)?, scope),
        "GetLogEvents" => groups.get_events(&decode(operation, body)?, scope),
        "FilterLogEvents" => groups.filter_events(&decode(operation, body)?, scope),
        _ => Err(ApiError::not_emulated(format!("logs:{operation}"))),
    }
}

fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("InvalidParameterException", message)
}

fn not_found(message: &str) -> ApiError {
    ApiError::bad_request("ResourceNotFoundException", message)
}
