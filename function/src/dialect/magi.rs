//! The native dialect: server-sent events whose data is one JSON object with a `type`.
//!
//! Data is JSON and has no line break in it, so no text of an agent can forge a frame.

use std::time::SystemTime;

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;

use super::Dialect;
use crate::event::{Event, State, TraceSummary, Usage};
use crate::relay::{Moment, Totals};
use crate::timestamp::rfc3339;

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

/// One event as the client reads it.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Data<'a> {
    Start {
        session_id: &'a str,
        request_id: &'a str,
        timestamp: String,
    },
    Status {
        agent: &'a str,
        state: State,
        timestamp: String,
    },
    Chunk {
        content: &'a str,
        chunk_number: u64,
        agent: &'a str,
        timestamp: String,
    },
    Trace {
        trace: &'a TraceSummary,
        agent: &'a str,
        timestamp: String,
    },
    Complete {
        execution_time: u64,
        chunk_count: u64,
        total_bytes: u64,
        session_id: &'a str,
        agent_id: &'a str,
        usage: Usage,
        timestamp: String,
    },
    Error {
        error: &'static str,
        message: &'static str,
        retryable: bool,
        execution_time: u64,
        chunk_count: u64,
        timestamp: String,
    },
}

impl Dialect for Magi {
    fn content_type(&self) -> &'static str {
        "text/event-stream; charset=utf-8"
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Open => out.put_slice(b": open\n\n"),
            Moment::KeepAlive => out.put_slice(b": keep-alive\n\n"),
            Moment::Start {
                session_id,
                request_id,
                at,
            } => self.frame(
                &Data::Start {
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
                } = *totals;
                self.frame(
                    &Data::Complete {
                        execution_time: milliseconds(elapsed),
                        chunk_count: chunks,
                        total_bytes: bytes,
                        session_id,
                        agent_id,
                        usage,
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
                &Data::Error {
                    error: failure.code(),
                    message: failure.message(),
                    retryable: failure.retryable(),
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
            Event::Status { agent, state } => Data::Status {
                agent,
                state: *state,
                timestamp,
            },
            Event::Chunk { agent, content } => Data::Chunk {
                content,
                chunk_number,
                agent,
                timestamp,
            },
            Event::Trace { agent, trace } => Data::Trace {
                trace,
                agent,
                timestamp,
            },
            // Told once, in `complete`.
            Event::Usage(_) => return,
        };
        self.frame(&data, out);
    }

    fn frame(&mut self, data: &Data<'_>, out: &mut BytesMut) {
        let begin = out.len();
        out.put_slice(b"id: ");
        out.put_slice(self.next_id.to_string().as_bytes());
        out.put_slice(b"\ndata: ");
        if serde_json::to_writer((&mut *out).writer(), data).is_err() {
            // Strings and numbers always serialise into memory; if not, rather no frame than half.
            out.truncate(begin);
            return;
        }
        out.put_slice(b"\n\n");
        self.next_id += 1;
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::agent::Failure;

    fn at(ms: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_395_723_000 + ms)
    }

    fn encoded(moments: &[Moment]) -> String {
        let mut out = BytesMut::new();
        let mut dialect = Magi::default();
        for moment in moments {
            dialect.encode(moment, &mut out);
        }
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn writes_the_documented_frames() {
        let totals = Totals {
            elapsed: Duration::from_secs(5),
            first_chunk: None,
            chunks: 1,
            bytes: 6,
            usage: Usage {
                input_tokens: 7,
                output_tokens: 8,
            },
        };

        let text = encoded(&[
            Moment::Open,
            Moment::Start {
                session_id: "s1".to_owned(),
                request_id: "r1".to_owned(),
                at: at(0),
            },
            Moment::Event {
                event: Event::Status {
                    agent: "CASPAR".to_owned(),
                    state: State::Thinking,
                },
                chunk_number: 0,
                at: at(1),
            },
            Moment::KeepAlive,
            Moment::Event {
                event: Event::Chunk {
                    agent: "CASPAR".to_owned(),
                    content: "賛成".to_owned(),
                },
                chunk_number: 1,
                at: at(456),
            },
            Moment::Complete {
                session_id: "s1".to_owned(),
                agent_id: "MAGICOUNCL".to_owned(),
                totals,
                at: at(5000),
            },
            Moment::Failed {
                failure: Failure::Throttled,
                totals,
                at: at(5000),
            },
        ]);

        assert_eq!(
            text,
            r#": open

id: 1
data: {"type":"start","sessionId":"s1","requestId":"r1","timestamp":"2026-11-23T01:02:03.000Z"}

id: 2
data: {"type":"status","agent":"CASPAR","state":"thinking","timestamp":"2026-11-23T01:02:03.001Z"}

: keep-alive

id: 3
data: {"type":"chunk","content":"賛成","chunkNumber":1,"agent":"CASPAR","timestamp":"2026-11-23T01:02:03.456Z"}

id: 4
data: {"type":"complete","executionTime":5000,"chunkCount":1,"totalBytes":6,"sessionId":"s1","agentId":"MAGICOUNCL","usage":{"inputTokens":7,"outputTokens":8},"timestamp":"2026-11-23T01:02:08.000Z"}

id: 5
data: {"type":"error","error":"throttled","message":"the agent is receiving too many requests; wait a moment and ask again","retryable":true,"executionTime":5000,"chunkCount":1,"timestamp":"2026-11-23T01:02:08.000Z"}

"#
        );
    }

    #[test]
    fn keeps_line_breaks_of_an_agent_inside_one_data_field() {
        let text = encoded(&[Moment::Event {
            event: Event::Chunk {
                agent: "a".to_owned(),
                content: "x\n\ndata: {\"type\":\"complete\"}\r\n\u{2028}".to_owned(),
            },
            chunk_number: 1,
            at: at(0),
        }]);

        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("data:"))
                .count(),
            1
        );
        assert!(!text.contains('\r'));
    }
}
