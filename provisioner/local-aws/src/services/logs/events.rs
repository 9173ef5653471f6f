//! Reading lines back: one stream from either end, or all streams of a group through a filter.

use serde::Deserialize;
use serde_json::{Value, json};

use super::filter_pattern::FilterPattern;
use super::groups::{LogGroups, with_next_token};
use super::refusals::{invalid_parameter, not_found};
use super::stream::Event;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::page::page;

/// AWS's own caps on one answer: so many events, or so many bytes.
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 1 << 20;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GetLogEvents {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    start_from_head: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FilterLogEvents {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_names: Option<Vec<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
    /// Always the case, as on AWS.
    #[expect(dead_code, reason = "accepted for old clients")]
    interleaved: Option<bool>,
}

/// Which way to read, and from behind which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    After(u64),
    Before(u64),
}

impl Position {
    fn parse(token: &str) -> Option<Self> {
        let (direction, number) = token.split_once('/')?;
        let number = number.parse().ok()?;
        match direction {
            "f" => Some(Self::After(number)),
            "b" => Some(Self::Before(number)),
            _ => None,
        }
    }
}

impl LogGroups {
    pub(super) fn get_events(
        &self,
        input: &GetLogEvents,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let (_, group) = self.identified(
            input.log_group_name.as_deref(),
            input.log_group_identifier.as_deref(),
            scope,
        )?;
        let stream = group
            .streams
            .get(&input.log_stream_name)
            .ok_or_else(|| not_found("The specified log stream does not exist."))?;
        let position = match input.next_token.as_deref() {
            Some(token) => Position::parse(token)
                .ok_or_else(|| invalid_parameter("The specified nextToken is invalid."))?,
            None if input.start_from_head => Position::After(0),
            None => Position::Before(u64::MAX),
        };
        let limit = input.limit.unwrap_or(MOST_EVENTS).min(MOST_EVENTS);
        let events = stream.between(input.start_time, input.end_time);
        let events: Vec<&Event> = match position {
            Position::After(number) => events
                .filter(|event| event.number > number)
                .take(limit)
                .collect(),
            Position::Before(number) => {
                let mut events: Vec<&Event> = events
                    .rev()
                    .filter(|event| event.number < number)
                    .take(limit)
                    .collect();
                events.reverse();
                events
            }
        };
        // A reader at an end gets the token back that it has sent: that is how it knows.
        let (backward, forward) = match (events.first(), events.last(), position) {
            (Some(first), Some(last), _) => (first.number, last.number),
            (_, _, Position::After(number)) => (number.saturating_add(1), number),
            (_, _, Position::Before(number)) => (number, number.saturating_sub(1)),
        };
        let events: Vec<Value> = events
            .into_iter()
            .map(|event| {
                json!({
                    "timestamp": event.timestamp,
                    "message": event.message,
                    "ingestionTime": event.ingestion_time,
                })
            })
            .collect();
        Ok(json!({
            "events": events,
            "nextForwardToken": format!("f/{forward}"),
            "nextBackwardToken": format!("b/{backward}"),
        }))
    }

    pub(super) fn filter_events(
        &self,
        input: &FilterLogEvents,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let (_, group) = self.identified(
            input.log_group_name.as_deref(),
            input.log_group_identifier.as_deref(),
            scope,
        )?;
        let pattern = FilterPattern::parse(input.filter_pattern.as_deref().unwrap_or_default())?;
        let names = input.log_stream_names.as_deref();
        let prefix = input.log_stream_name_prefix.as_deref();
        if names.is_some() && prefix.is_some() {
            return Err(invalid_parameter(
                "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
            ));
        }
        let mut events: Vec<(&String, &Event)> = group
            .streams
            .iter()
            .filter(|(name, _)| {
                names.is_none_or(|names| names.contains(name))
                    && prefix.is_none_or(|prefix| name.starts_with(prefix))
            })
            .flat_map(|(name, stream)| {
                stream
                    .between(input.start_time, input.end_time)
                    .map(move |event| (name, event))
            })
            .filter(|(_, event)| pattern.matches(&event.message))
            .collect();
        events.sort_by_key(|(_, event)| event.timestamp);
        // A token of another query would skip events, or show them twice.
        let query = format!("@{}", input.start_time.unwrap_or_default());
        let position = match input.next_token.as_deref() {
            None => None,
            Some(token) => Some(
                token
                    .strip_suffix(&query)
                    .ok_or_else(|| invalid_parameter("The specified nextToken is invalid."))?,
            ),
        };
        let limit = input.limit.unwrap_or(MOST_EVENTS).min(MOST_EVENTS);
        let (mut events, next) = page(events, position, limit);
        let fit = fitting(&events);
        let next = if fit < events.len() {
            let start: usize = position.and_then(|it| it.parse().ok()).unwrap_or(0);
            Some((start + fit).to_string())
        } else {
            next
        };
        events.truncate(fit);
        let next = next.map(|position| position + &query);
        let events: Vec<Value> = events
            .into_iter()
            .map(|(stream, event)| {
                json!({
                    "logStreamName": stream,
                    "timestamp": event.timestamp,
                    "message": event.message,
                    "ingestionTime": event.ingestion_time,
                    "eventId": format!("{stream}/{}", event.number),
                })
            })
            .collect();
        let answer = json!({ "events": events, "searchedLogStreams": [] });
        Ok(with_next_token(answer, next))
    }
}

/// How many of the events one answer carries: at least one.
fn fitting(events: &[(&String, &Event)]) -> usize {
    let mut bytes = 0;
    let fit = events.iter().take_while(|(_, event)| {
        bytes += event.message.len();
        bytes <= MOST_BYTES
    });
    fit.count().max(1)
}
