//! `InvokeAgent` without an SDK: the request, and the `chunk` events of its event stream.

use std::io;

use crate::wire::Connection;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An answer that is being read.
pub struct Answer {
    connection: Connection,
    /// Bytes of the event stream; those before `begin` have been handed out.
    body: Vec<u8>,
    begin: usize,
    text: Vec<u8>,
    ended: bool,
}

impl Answer {
    pub async fn ask(mut connection: Connection, question: &str) -> io::Result<Self> {
        let body = serde_json::json!({"inputText": question, "enableTrace": true}).to_string();
        let request = format!(
            "POST /agents/A/agentAliases/B/sessions/s/text HTTP/1.1\r\nhost: a\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.send(request.as_bytes()).await?;
        connection.head().await?;
        Ok(Self {
            connection,
            body: Vec::new(),
            begin: 0,
            text: Vec::new(),
            ended: false,
        })
    }

    /// Reads more; false at the end of the answer.
    pub async fn read(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.body.drain(..self.begin);
        self.begin = 0;
        let before = self.body.len();
        loop {
            self.ended = self.connection.dechunk(&mut self.body);
            if self.ended || self.body.len() > before {
                return Ok(true);
            }
            self.connection.read().await?;
        }
    }

    /// The next chunk's text, once all of it is there.
    pub fn chunk(&mut self) -> io::Result<Option<&str>> {
        let rest = &self.body[self.begin..];
        let number = |at: usize| -> Option<usize> {
            let bytes = rest.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_be_bytes(bytes)).ok()
        };
        let crc = |bytes: &[u8]| usize::try_from(crc32fast::hash(bytes)).unwrap_or_default();
        let (Some(total), Some(headers)) = (number(0), number(4)) else {
            return Ok(None);
        };
        if rest.len() < total {
            return Ok(None);
        }
        let is_intact = |end: usize| number(end) == Some(crc(&rest[..end]));
        if !is_intact(8) || !is_intact(total - 4) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let payload = &rest[12 + headers..total - 4];
        let text = payload
            .strip_prefix(b"{\"bytes\":\"")
            .and_then(|rest| rest.strip_suffix(b"\"}"));
        self.text.clear();
        STANDARD
            .decode_vec(text.unwrap_or_default(), &mut self.text)
            .map_err(io::Error::other)?;
        self.begin += total;
        std::str::from_utf8(&self.text)
            .map(Some)
            .map_err(io::Error::other)
    }

    /// The connection, for the next question.
    pub fn into_connection(self) -> Connection {
        self.connection
    }
}
