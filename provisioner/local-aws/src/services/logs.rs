//! `CloudWatch` Logs: groups with their retention and tags, and the lines that functions write.

mod arn;
mod events;
mod filter_pattern;
mod groups;
mod refusals;
mod stream;
mod streams;
mod tags;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::route::Call;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

pub(crate) use groups::LogGroups;

/// Answers one operation.
pub(crate) fn handle(
    call: &Call,
    groups: &mut LogGroups,
    scope: &Scope<'_>,
) -> Result<Value, ApiError> {
    match call.operation.name {
        "CreateLogGroup" => groups.create(call.decode()?, scope),
        "DescribeLogGroups" => groups.describe(&call.decode()?, scope),
        "DeleteLogGroup" => groups.delete(&call.decode()?),
        "PutRetentionPolicy" => groups.put_retention(&call.decode()?),
        "DeleteRetentionPolicy" => groups.delete_retention(&call.decode()?),
        "TagResource" => groups.tag(call.decode()?, scope),
        "UntagResource" => groups.untag(&call.decode()?, scope),
        "ListTagsForResource" => groups.list_tags(&call.decode()?, scope),
        "DescribeLogStreams" => groups.describe_streams(&call.decode()?, scope),
        "GetLogEvents" => groups.get_events(&call.decode()?, scope),
        "FilterLogEvents" => groups.filter_events(&call.decode()?, scope),
        _ => Err(call.not_emulated()),
    }
}
