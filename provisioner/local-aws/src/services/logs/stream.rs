//! One log stream: the lines that one execution environment has written.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::arn::arn;
use crate::scope::Scope;

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

    pub(super) fn describe(&self, group: &str, name: &str, scope: &Scope<'_>) -> Value {
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

    pub(super) fn last_event(&self) -> Option<i64> {
        self.events.back().map(|event| event.timestamp)
    }
}
