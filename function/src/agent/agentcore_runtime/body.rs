//! The body of an AgentCore runtime's answer, which the network may cut anywhere, becomes messages
//! again. Pure, and bounded: a message that is too long is refused, not kept.

/// AgentCore's own limit for a chunk of a stream.
const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A message is longer than AgentCore allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// The part of the body that is not a whole message yet.
#[derive(Debug)]
pub(super) enum Body {
    /// `text/event-stream`: each event's data is a message.
    Events {
        /// The line so far.
        line: Vec<u8>,
        /// The `data` lines of the event so far.
        data: Option<Vec<u8>>,
        /// The last byte was CR. An LF after it belongs to the same line break.
        after_cr: bool,
    },
    /// Any other content type: the whole body is one message.
    Whole(Vec<u8>),
}

impl Body {
    /// For an answer of this content type.
    pub(super) fn new(content_type: &str) -> Self {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("text/event-stream") {
            Self::Events {
                line: Vec::new(),
                data: None,
                after_cr: false,
            }
        } else {
            Self::Whole(Vec::new())
        }
    }

    /// Takes the next bytes and appends the messages that they complete.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<Vec<u8>>,
    ) -> Result<(), TooLong> {
        match self {
            Self::Whole(whole) => extend(whole, bytes),
            Self::Events {
                line,
                data,
                after_cr,
            } => {
                let mut rest = bytes;
                while let Some((&first, tail)) = rest.split_first() {
                    if std::mem::take(after_cr) && first == b'\n' {
                        rest = tail;
                        continue;
                    }
                    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    let Some(end) = end else {
                        return extend(line, rest);
                    };
                    let (begin, ended) = rest.split_at(end);
                    extend(line, begin)?;
                    *after_cr = ended.starts_with(b"\r");
                    rest = ended.get(1..).unwrap_or_default();
                    messages.extend(end_of_line(line, data)?);
                    line.clear();
                }
                Ok(())
            }
        }
    }

    /// The last message, after the proper end of an answer: some agents omit the last blank line.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Whole(whole) => {
                let whole = std::mem::take(whole);
                Some(whole).filter(|whole| !whole.trim_ascii().is_empty())
            }
            Self::Events { line, data, .. } => {
                let completed = end_of_line(line, data).ok()?;
                completed.or_else(|| data.take())
            }
        }
    }
}

/// A blank line completes a message; a `data` line adds to it; any other line is ignored.
fn end_of_line(line: &[u8], data: &mut Option<Vec<u8>>) -> Result<Option<Vec<u8>>, TooLong> {
    if line.is_empty() {
        return Ok(data.take());
    }
    if let Some(value) = line.strip_prefix(b"data:") {
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match data {
            None => *data = Some(value.to_vec()),
            Some(data) => {
                data.push(b'\n');
                extend(data, value)?;
            }
        }
    }
    Ok(None)
}

fn extend(buffer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), TooLong> {
    if buffer.len() + bytes.len() > MAX_BYTES {
        return Err(TooLong);
    }
    buffer.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &[u8], cuts: &[usize]) -> Vec<String> {
        let mut messages = Vec::new();
        let mut parser = Body::new("text/event-stream; charset=utf-8");
        let mut from = 0;
        for &cut in cuts.iter().chain([&body.len()]) {
            parser.push(&body[from..cut], &mut messages).unwrap();
            from = cut;
        }
        messages.extend(parser.end());
        let text = |message| String::from_utf8(message).unwrap();
        messages.into_iter().map(text).collect()
    }

    const BODY: &str =
        ": hello\r\n\r\ndata: \"賛成\"\n\ndata:{\"a\":\ndata: 1}\r\revent: x\nid: 5\ndata: end\n";

    #[test]
    fn events_lines_and_endings_are_read_as_the_standard_says() {
        assert_eq!(
            read(BODY.as_bytes(), &[]),
            ["\"賛成\"", "{\"a\":\n1}", "end"]
        );
    }

    #[test]
    fn a_body_cut_at_any_two_bytes_is_the_same_body() {
        let whole = read(BODY.as_bytes(), &[]);
        for one in 0..BODY.len() {
            for two in one..BODY.len() {
                assert_eq!(read(BODY.as_bytes(), &[one, two]), whole, "{one} {two}");
            }
        }
    }

    #[test]
    fn what_is_no_event_stream_is_one_message() {
        let mut body = Body::new("application/json");
        body.push(b"{\"result\":", &mut Vec::new()).unwrap();
        body.push(b" 1}\n", &mut Vec::new()).unwrap();
        assert_eq!(body.end().unwrap(), b"{\"result\": 1}\n");
        assert_eq!(Body::new("").end(), None);
    }

    #[test]
    fn a_line_that_never_ends_is_refused_before_it_fills_the_memory() {
        let mut body = Body::new("text/event-stream");
        let piece = vec![b'x'; 1024 * 1024];
        let taken = (0..20)
            .take_while(|_| body.push(&piece, &mut Vec::new()).is_ok())
            .count();
        assert_eq!(taken, 10);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same_in_any_pieces(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), Just(b' '), any::<u8>()], 0..80),
            cut in 0_usize..80,
        ) {
            let cut = cut.min(bytes.len());
            let read = |pieces: &[&[u8]]| {
                let mut body = Body::new("text/event-stream");
                let mut messages = Vec::new();
                for piece in pieces {
                    body.push(piece, &mut messages).unwrap();
                }
                messages.extend(body.end());
                messages
            };
            prop_assert_eq!(read(&[&bytes]), read(&[&bytes[..cut], &bytes[cut..]]));
        }
    }
}
