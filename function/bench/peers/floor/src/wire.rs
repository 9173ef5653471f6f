//! As much of HTTP/1.1 as is needed: heads, chunked bodies; and a timestamp.

use std::io;
use std::time::SystemTime;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A socket and the bytes that have been read from it.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends one chunk of a chunked body.
    pub async fn send_chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
        framed.extend_from_slice(bytes);
        framed.extend_from_slice(b"\r\n");
        self.send(&framed).await
    }

    /// Reads the bytes that are there, at least one.
    pub async fn read(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// A response's head, in lower case.
    pub async fn head(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self
                .buffer
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&self.buffer[..end]).to_lowercase();
                self.buffer.drain(..end + 4);
                return Ok(head);
            }
            self.read().await?;
        }
    }

    /// A body of known length.
    pub async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.read().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// The Runtime API's short answer.
    pub async fn skip_json(&mut self) -> io::Result<()> {
        while !self.buffer.contains(&b'}') {
            self.read().await?;
        }
        self.buffer.clear();
        Ok(())
    }

    /// Moves the whole chunks of a body from the buffer to `body`; true at the end of the body.
    pub fn dechunk(&mut self, body: &mut Vec<u8>) -> bool {
        let mut begin = 0;
        let mut ended = false;
        while let Some(line) = self.buffer[begin..]
            .windows(2)
            .position(|end| end == b"\r\n")
        {
            let size = std::str::from_utf8(&self.buffer[begin..begin + line]).unwrap_or("0");
            let size = usize::from_str_radix(size, 16).unwrap_or(0);
            let data = begin + line + 2;
            if self.buffer.len() < data + size + 2 {
                break;
            }
            body.extend_from_slice(&self.buffer[data..data + size]);
            begin = data + size + 2;
            if size == 0 {
                ended = true;
                break;
            }
        }
        self.buffer.drain(..begin);
        ended
    }
}

/// A header out of a head in lower case; empty if it is missing.
pub fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .unwrap_or_default()
        .trim()
}

/// The time as RFC 3339 with milliseconds, formatted only when it has changed.
#[derive(Default)]
pub struct Timestamp {
    millisecond: u128,
    text: Vec<u8>,
}

impl Timestamp {
    pub fn now(&mut self) -> &[u8] {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        if now.as_millis() != self.millisecond {
            self.millisecond = now.as_millis();
            let (days, second) = (now.as_secs() / 86400, now.as_secs() % 86400);
            // Howard Hinnant's civil_from_days.
            let z = days + 719_468;
            let era = z / 146_097;
            let day_of_era = z % 146_097;
            let year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146_096) / 365;
            let day_of_year =
                day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
            let month = (5 * day_of_year + 2) / 153;
            let day = day_of_year - (153 * month + 2) / 5 + 1;
            let month = if month < 10 { month + 3 } else { month - 9 };
            let year = year_of_era + era * 400 + u64::from(month <= 2);
            self.text = format!(
                "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
                second / 3600,
                second / 60 % 60,
                second % 60,
                now.subsec_millis()
            )
            .into_bytes();
        }
        &self.text
    }
}
