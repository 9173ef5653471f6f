//! Log streams: one for each execution environment, with the lines that it wrote.

use serde::Deserialize;
use serde_json::{Value, json};

use super::groups::{LogGroups, with_next_token};
use super::refusals::invalid_parameter;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::page::page;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DescribeLogStreams {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name_prefix: Option<String>,
    order_by: Option<OrderBy>,
    #[serde(default)]
    descending: bool,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum OrderBy {
    LogStreamName,
    LastEventTime,
}

impl LogGroups {
    pub(super) fn describe_streams(
        &self,
        input: &DescribeLogStreams,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let (group_name, group) = self.identified(
            input.log_group_name.as_deref(),
            input.log_group_identifier.as_deref(),
            scope,
        )?;
        let prefix = input.log_stream_name_prefix.as_deref();
        let by_time = input.order_by == Some(OrderBy::LastEventTime);
        if by_time && prefix.is_some() {
            return Err(invalid_parameter(
                "Cannot order by LastEventTime with a logStreamNamePrefix.",
            ));
        }
        let mut streams: Vec<_> = group
            .streams
            .iter()
            .filter(|(name, _)| prefix.is_none_or(|prefix| name.starts_with(prefix)))
            .collect();
        if by_time {
            streams.sort_by_key(|(_, stream)| stream.last_event());
        }
        if input.descending {
            streams.reverse();
        }
        let limit = input.limit.unwrap_or(50).min(50);
        let (streams, next) = page(streams, input.next_token.as_deref(), limit);
        let streams: Vec<Value> = streams
            .into_iter()
            .map(|(name, stream)| stream.describe(group_name, name, scope))
            .collect();
        Ok(with_next_token(json!({ "logStreams": streams }), next))
    }
}
