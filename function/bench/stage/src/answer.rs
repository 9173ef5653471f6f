//! Reads an answer as a client does: the text of its chunks, and when each came.

use std::time::Instant;

use serde_json::Value;

use crate::frames;
use crate::platform::Received;

/// An answer, as its client has seen it.
pub struct Seen {
    /// When the first byte after the prelude came.
    pub first_byte: Instant,
    /// When each chunk came.
    pub chunks: Vec<Instant>,
}

/// Reads the chunks of an answer; an error if their text is not the agent's, or if the answer does not
/// end with `complete`.
pub fn read(received: &Received, expected: usize) -> Result<Seen, String> {
    let (begin, document);
    let body: &[u8] = if received.streamed {
        begin = after_prelude(&received.body);
        &received.body[begin..]
    } else {
        // The chunks of a buffered answer come with its last byte.
        begin = received.body.len();
        document = whole(&received.body).ok_or("not a response of Lambda's format")?;
        document.as_bytes()
    };
    let arrival = |offset: usize| {
        let mark = received
            .marks
            .partition_point(|(length, _)| *length < begin + offset);
        received.marks.get(mark).map_or(received.end, |(_, at)| *at)
    };
    let mut chunks = Vec::with_capacity(expected);
    let mut offset = 0;
    let mut complete = false;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        offset += line.len();
        let Some(data) = line.strip_prefix(b"data: ") else {
            continue;
        };
        let event: Value = serde_json::from_slice(data)
            .map_err(|_| format!("not JSON: {}", String::from_utf8_lossy(data)))?;
        if complete {
            return Err(format!("after the end came {event}"));
        }
        complete = event["type"] == "complete";
        if event["type"] == "error" {
            return Err(event.to_string());
        }
        if event["type"] == "chunk" {
            let content = event["content"].as_str().unwrap_or_default();
            if content != frames::text(chunks.len()) {
                return Err(format!("chunk {} says `{content}`", chunks.len()));
            }
            chunks.push(arrival(offset));
        }
    }
    if chunks.len() != expected {
        return Err(format!("{} chunks instead of {expected}", chunks.len()));
    }
    if !complete {
        return Err("the answer does not end with `complete`".to_owned());
    }
    Ok(Seen {
        first_byte: arrival(1),
        chunks,
    })
}

/// The prelude of a streamed answer ends with eight NUL bytes.
fn after_prelude(body: &[u8]) -> usize {
    let end = body
        .windows(8)
        .take(16 * 1024)
        .position(|window| window == [0; 8]);
    end.map_or(0, |position| position + 8)
}

fn whole(document: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(document).ok()?;
    Some(document["body"].as_str()?.to_owned())
}
