//! The operations of `CloudWatch` Logs, which a header names, by the service authorization reference.

use http::HeaderMap;
use serde::Deserialize;

use super::operation::{Also, On, Operation};

#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::named("CreateLogGroup", On::LogGroup).and(&[Also::ForTags("logs:TagResource")]),
    Operation::named("DeleteLogGroup", On::LogGroup),
    Operation::named("DeleteRetentionPolicy", On::LogGroup),
    Operation::named("DescribeLogGroups", On::AllLogGroups),
    Operation::named("DescribeLogStreams", On::LogGroup),
    Operation::named("FilterLogEvents", On::LogGroup),
    Operation::named("GetLogEvents", On::LogGroup),
    Operation::named("ListTagsForResource", On::LogGroupItself),
    Operation::named("PutRetentionPolicy", On::LogGroup),
    Operation::named("TagResource", On::LogGroupItself),
    Operation::named("UntagResource", On::LogGroupItself),
];

/// The operation in `x-amz-target`, behind the name of the protocol's version.
pub(super) fn target(headers: &HeaderMap) -> &str {
    let target = headers.get("x-amz-target");
    let target = target
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    target.strip_prefix("Logs_20140328.").unwrap_or(target)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    resource_arn: Option<String>,
}

/// The log group that the body names, by its name or its ARN. It is empty if the body cannot be read,
/// which the operation refuses.
pub(super) fn group(body: &[u8]) -> String {
    let Named {
        log_group_name,
        log_group_identifier,
        resource_arn,
    } = serde_json::from_slice(body).unwrap_or_default();
    let name = log_group_name.or(log_group_identifier).or(resource_arn);
    let name = name.unwrap_or_default();
    let name = name.trim_end_matches(":*");
    let name = name
        .split_once(":log-group:")
        .map_or(name, |(_, name)| name);
    name.to_owned()
}
