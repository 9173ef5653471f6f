//! One message of a body, and the limit to its length.

/// `AgentCore`'s own limit for a chunk of a stream.
const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A message is longer than `AgentCore` allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent::speech) struct TooLong;

/// One message of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::agent::speech) enum Message {
    /// An event of an event stream.
    Event {
        /// From its `event:` line.
        name: Option<String>,
        data: Vec<u8>,
    },
    /// What stands between events and belongs to the text of an agent that writes `data: {text}` without
    /// minding the line breaks in it: further blank lines, and lines of no field.
    Between(Vec<u8>),
    /// A line of JSON, or the whole body.
    Value(Vec<u8>),
    /// Text as it streams.
    Text(String),
}

/// Appends to a message that is not whole yet.
pub(super) fn extend(buffer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), TooLong> {
    if buffer.len() + bytes.len() > MAX_BYTES {
        return Err(TooLong);
    }
    buffer.extend_from_slice(bytes);
    Ok(())
}
