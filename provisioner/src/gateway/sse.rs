//! Server-sent events out of bytes that arrive in any pieces.

/// Takes bytes and gives the `data` of each event that has become whole.
///
/// Enough of [the standard] for one's own gateway: line ends LF, CR or CRLF, comments and other
/// fields passed over, several `data` lines joined.
///
/// [the standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    data: Vec<u8>,
    after_cr: bool,
}

impl SseParser {
    /// The data of the events that `bytes` complete. Bytes that are not UTF-8 show as U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                // The second half of a CRLF.
                b'\n' if after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                _ => self.line.push(byte),
            }
        }
        events
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            let text = data.strip_suffix(b"\n")?;
            return Some(String::from_utf8_lossy(text).into_owned());
        }
        if let Some(value) = line.strip_prefix(b"data:") {
            self.data.extend(value.strip_prefix(b" ").unwrap_or(value));
            self.data.push(b'\n');
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": open\n\nid: 1\ndata: {\"a\":\"賛成\"}\n\n: keep-alive\r\n\r\ndata:x\rdata: y\r\rdata: cut off";

    #[test]
    fn gives_the_same_events_wherever_the_bytes_are_cut() {
        let expected = ["{\"a\":\"賛成\"}", "x\ny"];
        for cut in 0..=STREAM.len() {
            let (left, right) = STREAM.as_bytes().split_at(cut);
            let mut parser = SseParser::default();
            let mut events = parser.push(left);
            events.extend(parser.push(right));
            assert_eq!(events, expected, "cut at {cut}");
        }
    }
}
