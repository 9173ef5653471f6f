//! The native dialect: server-sent events whose data is one JSON object with a `type`.

mod frame;
mod request;

use std::time::SystemTime;

use bytes::{BufMut as _, BytesMut};

use super::inquiries::Origin;
use super::sse;
use super::stream::Dialect;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::relay::Moment;
use crate::request::draft::Draft;
use crate::timestamp::{Timestamps, milliseconds};
use frame::{Content, Frame, write_chunk};

/// Reads the body of `POST /`.
pub(super) fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    Ok((request::read(body)?, Box::new(Magi::default())))
}

/// The encoder of one stream.
#[derive(Debug, Default)]
struct Magi {
    origin: Origin,
    /// The id of the last frame.
    last_id: u64,
    timestamps: Timestamps,
}

impl Dialect for Magi {
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                self.origin = Origin::of(start);
                let content = Content::Start {
                    session_id: &start.session_id,
                    request_id: &start.request_id,
                };
                self.write(&content, None, start.at, out);
            }
            Moment::Event {
                event: Event::Chunk { agent, content },
                chunk_number,
                at,
            } => {
                self.write_id(out);
                let timestamp = self.timestamps.rfc3339(*at);
                write_chunk(content, *chunk_number, agent, timestamp, out);
            }
            Moment::Event {
                event,
                chunk_number,
                at,
            } => {
                let origin = std::mem::take(&mut self.origin);
                if let Some(content) = Content::of(event, *chunk_number, &origin) {
                    let agent = match event {
                        Event::Status { .. } => None,
                        _ => event.agent(),
                    };
                    self.write(&content, agent, *at, out);
                }
                self.origin = origin;
            }
            Moment::Complete {
                session_id,
                agent_id,
                totals,
                at,
            } => {
                let complete = Content::Complete {
                    execution_time: milliseconds(totals.elapsed),
                    chunk_count: totals.chunks,
                    total_bytes: totals.bytes,
                    session_id,
                    agent_id,
                    usage: totals.usage,
                    usage_by_agent: totals.usage_of_several(),
                };
                self.write(&complete, None, *at, out);
            }
            Moment::Failed {
                failure,
                totals,
                at,
            } => {
                let description = failure.describe();
                let error = Content::Error {
                    error: description.code,
                    message: description.message,
                    retryable: description.retryable,
                    side: description.side,
                    execution_time: milliseconds(totals.elapsed),
                    chunk_count: totals.chunks,
                };
                self.write(&error, None, *at, out);
            }
        }
    }
}

impl Magi {
    fn write(
        &mut self,
        content: &Content<'_>,
        agent: Option<&str>,
        at: SystemTime,
        out: &mut BytesMut,
    ) {
        self.write_id(out);
        let timestamp = self.timestamps.rfc3339(at);
        let frame = Frame {
            content,
            agent,
            timestamp,
        };
        sse::data(&frame, out);
    }

    fn write_id(&mut self, out: &mut BytesMut) {
        self.last_id += 1;
        out.put_slice(b"id: ");
        sse::json(&self.last_id, out);
        out.put_slice(b"\n");
    }
}
