//! The native dialect: server-sent events whose data is one JSON object with a `type`.

mod frame;
mod request;

use bytes::BytesMut;

use super::sse;
use super::stream::Dialect;
use crate::refusal::Refusal;
use crate::relay::Moment;
use crate::request::draft::Draft;
use crate::timestamp::milliseconds;
use frame::{Content, Frame};

/// Reads the body of `POST /`.
pub(super) fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    Ok((request::read(body)?, Box::new(Magi { next_id: 1 })))
}

/// The encoder of one stream.
#[derive(Debug)]
struct Magi {
    /// The id of the next frame.
    next_id: u64,
}

impl Dialect for Magi {
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                let content = Content::Start {
                    session_id: &start.session_id,
                    request_id: &start.request_id,
                };
                self.write(&Frame::new(content, start.at), out);
            }
            Moment::Event {
                event,
                chunk_number,
                at,
            } => {
                if let Some(frame) = Frame::of_event(event, *chunk_number, *at) {
                    self.write(&frame, out);
                }
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
                self.write(&Frame::new(complete, *at), out);
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
                self.write(&Frame::new(error, *at), out);
            }
        }
    }
}

impl Magi {
    fn write(&mut self, frame: &Frame<'_>, out: &mut BytesMut) {
        let begin = format!("id: {}\ndata: ", self.next_id);
        sse::frame(begin.as_bytes(), frame, b"\n\n", out);
        self.next_id += 1;
    }
}
