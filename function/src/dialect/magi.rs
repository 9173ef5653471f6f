//! The native dialect: server-sent events whose data is one JSON object with a `type`.
//!
//! Data is JSON and has no line break in it, so no text of an agent can forge a frame.

mod frame;
mod request;

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, BytesMut};

pub use request::read;

use super::{Dialect, Head, event_stream, sse};
use crate::event::Event;
use crate::relay::{Moment, Totals};
use crate::timestamp::{milliseconds, rfc3339};
use frame::Frame;

/// The state of one stream: the number of its next event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Magi {
    next_id: u64,
}

impl Default for Magi {
    fn default() -> Self {
        Self { next_id: 1 }
    }
}

impl Dialect for Magi {
    fn head(&self) -> Option<Head> {
        Some(event_stream())
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Open => out.put_slice(sse::OPEN),
            Moment::KeepAlive => out.put_slice(sse::KEEP_ALIVE),
            Moment::Start {
                session_id,
                request_id,
                agent: _,
                at,
            } => self.frame(
                &Frame::Start {
                    session_id,
                    request_id,
                    timestamp: rfc3339(*at),
                },
                out,
            ),
            Moment::Event {
                event,
                chunk_number,
                at,
            } => self.event(event, *chunk_number, *at, out),
            Moment::Complete {
                session_id,
                agent_id,
                totals,
                at,
            } => {
                let Totals {
                    elapsed,
                    first_chunk: _,
                    chunks,
                    bytes,
                    usage,
                    by_agent,
                    retries: _,
                    unknown: _,
                } = totals;
                self.frame(
                    &Frame::Complete {
                        execution_time: milliseconds(*elapsed),
                        chunk_count: *chunks,
                        total_bytes: *bytes,
                        session_id,
                        agent_id,
                        usage: *usage,
                        usage_by_agent: (by_agent.len() > 1).then_some(by_agent.as_slice()),
                        timestamp: rfc3339(*at),
                    },
                    out,
                );
            }
            Moment::Failed {
                failure,
                totals,
                at,
            } => self.frame(
                &Frame::Error {
                    error: failure.code(),
                    message: failure.message(),
                    retryable: failure.retryable(),
                    side: failure.side(),
                    execution_time: milliseconds(totals.elapsed),
                    chunk_count: totals.chunks,
                    timestamp: rfc3339(*at),
                },
                out,
            ),
        }
    }
}

impl Magi {
    fn event(&mut self, event: &Event, chunk_number: u64, at: SystemTime, out: &mut BytesMut) {
        let timestamp = rfc3339(at);
        let data = match event {
            Event::Agent(member) => Frame::Agent { member, timestamp },
            Event::Status { agent, state } => Frame::Status {
                agent,
                state: *state,
                timestamp,
            },
            Event::Chunk { agent, content } => Frame::Chunk {
                content,
                chunk_number,
                agent,
                timestamp,
            },
            Event::Reasoning { agent, content } => Frame::Reasoning {
                content,
                agent,
                timestamp,
            },
            Event::ToolCall {
                agent,
                id,
                name,
                input,
            } => Frame::ToolCall {
                id,
                name,
                input,
                agent,
                timestamp,
            },
            Event::ToolResult {
                agent,
                id,
                output,
                failed,
            } => Frame::ToolResult {
                id,
                output,
                failed: *failed,
                agent,
                timestamp,
            },
            Event::Citation { agent, citation } => Frame::Citation {
                citation,
                agent,
                timestamp,
            },
            Event::File { agent, file } => Frame::File {
                name: &file.name,
                media_type: &file.media_type,
                bytes: STANDARD.encode(&file.bytes),
                agent,
                timestamp,
            },
            Event::ReturnControl {
                agent,
                invocation_id,
                inputs,
            } => Frame::ReturnControl {
                invocation_id,
                invocation_inputs: inputs,
                agent,
                timestamp,
            },
            Event::Trace { agent, trace } => Frame::Trace {
                trace,
                agent,
                timestamp,
            },
            Event::Data { agent, data } => Frame::Data {
                data,
                agent,
                timestamp,
            },
            // Told once, in `complete`; nothing else is for clients.
            Event::Usage { .. } | Event::Retried | Event::Unknown => return,
        };
        self.frame(&data, out);
    }

    fn frame(&mut self, data: &Frame<'_>, out: &mut BytesMut) {
        let begin = out.len();
        out.put_slice(b"id: ");
        out.put_slice(self.next_id.to_string().as_bytes());
        out.put_slice(b"\n");
        if sse::data(data, out) {
            self.next_id += 1;
        } else {
            out.truncate(begin);
        }
    }
}

#[cfg(test)]
mod tests;
