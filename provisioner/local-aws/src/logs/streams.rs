//! Log streams: one for each execution environment, with the lines that it wrote.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::account::Scope;
use super::super::api_error::ApiError;
use super::super::page::page;
use super::groups::{LogGroups, arn, with_next_token};
use super::invalid_parameter;

/// A long session must not eat the memory: the oldest lines go first.
const KEPT_EVENTS: usize = 10_000;

#[derive(Debug)]
pub(super) struct Stream {
    created: i64,
    events: VecDeque<Event>,
    /// How many events were ever written; the newest event has this number.
    written: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Counts from 1 in its stream.
    pub(super) number: u64,
    pub(super) timestamp: i64,
    pub(super) ingestion_time: i64,
    pub(super) message: String,
}

impl Stream {
    pub(super) fn new(created: i64) -> Self {
        Self {
            created,
            events: VecDeque::new(),
            written: 0,
        }
    }

    pub(super) fn append(&mut self, timestamp: i64, message: &str, now: i64) {
        if self.events.len() == KEPT_EVENTS {
            self.events.pop_front();
        }
        self.written += 1;
        self.events.push_back(Event {
            number: self.written,
            timestamp,
            ingestion_time: now,
            message: message.to_owned(),
        });
    }

    /// The events with a timestamp from `start` up to, but not at, `end`.
    pub(super) fn between(
        &self,
        start: Option<i64>,
        end: Option<i64>,
    ) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter().filter(move |event| {
            start.is_none_or(|start| event.timestamp >= start)
                && end.is_none_or(|end| event.timestamp < end)
        })
    }

    fn describe(&self, group: &str, name: &str, scope: &Scope<'_>) -> Value {
        let mut stream = json!({
            "logStreamName": name,
            "creationTime": self.created,
            "arn": format!("{}:log-stream:{name}", arn(scope, group)),
            "storedBytes": 0,
        });
        if let (Some(first), Some(last)) = (self.events.front(), self.events.back()) {
            stream["firstEventTimestamp"] = json!(first.timestamp);
            stream["lastEventTimestamp"] = json!(last.timestamp);
            stream["lastIngestionTime"] = json!(last.ingestion_time);
        }
        stream
    }

    fn last_event(&self) -> Option<i64> {
        self.events.back().map(|event| event.timestamp)
    }
}

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
