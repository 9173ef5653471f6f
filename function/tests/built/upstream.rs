//! The agent, played by the test call by call and byte by byte.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::process::soon;

/// A socket in the agent's place.
pub(crate) struct Bedrock {
    listener: Arc<TcpListener>,
    pub(crate) endpoint: String,
}

impl Bedrock {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        Self {
            listener: Arc::new(listener),
            endpoint,
        }
    }

    /// Waits for a call and reads all of it.
    pub(crate) async fn call(&self) -> Call {
        soon("a call of the agent", async {
            let (stream, _) = self.listener.accept().await.unwrap();
            Call::read(stream).await
        })
        .await
    }

    /// Answers every call from now on with the bytes that `answer` gives for its number, from 1 on.
    /// Returns the counter of the calls.
    pub(crate) fn answer_all(&self, answer: impl Fn(usize) -> Vec<u8> + Send + 'static) -> Count {
        let count = Count::default();
        let listener = self.listener.clone();
        let counted = count.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut call = Call::read(stream).await;
                let number = counted.0.fetch_add(1, Ordering::SeqCst) + 1;
                // A caller that has given up does not read the answer.
                let _ = call.stream.write_all(&answer(number)).await;
            }
        });
        count
    }
}

/// The number of calls so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

impl Count {
    pub(crate) fn so_far(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// One call under way.
pub(crate) struct Call {
    pub(crate) head: String,
    pub(crate) body: Value,
    stream: TcpStream,
}

impl Call {
    async fn read(mut stream: TcpStream) -> Self {
        let mut request = Vec::new();
        loop {
            stream.read_buf(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Self {
                    head: head.to_owned(),
                    body: serde_json::from_str(body).unwrap_or_default(),
                    stream,
                };
            }
        }
    }

    pub(crate) async fn begin(&mut self) {
        self.begin_as(EVENT_STREAM).await;
    }

    /// Begins an answer with another content type.
    pub(crate) async fn begin_as(&mut self, content_type: &str) {
        self.stream.write_all(&head(content_type)).await.unwrap();
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(&chunk(bytes)).await.unwrap();
    }

    /// Sends a whole answer and leaves the connection open, as one that may be used again.
    pub(crate) async fn answer_and_stay(mut self, content_type: &str, body: &[u8]) -> TcpStream {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
             x-amzn-bedrock-agent-content-type: application/json\r\n\
             x-amz-bedrock-agent-session-id: s\r\n\r\n"
        );
        let answer = [head.as_bytes(), body].concat();
        self.stream.write_all(&answer).await.unwrap();
        self.stream
    }

    /// Sends bytes and closes the connection.
    pub(crate) async fn hang_up_after(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.shutdown().await.unwrap();
    }

    /// Waits until the caller closes the connection.
    pub(crate) async fn until_left(mut self) {
        let left = soon("the end of the call", self.stream.read(&mut [0; 16])).await;
        assert!(matches!(left, Ok(0) | Err(_)), "the caller says more");
    }

    pub(crate) async fn refuse(&mut self, status: u16, code: &str) {
        let refusal = refusal(status, code, r#"{"message":"SECRET details"}"#);
        self.stream.write_all(&refusal).await.unwrap();
    }

    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        self.raw(&said(bytes)).await;
    }

    pub(crate) async fn message(&mut self, kind: &str, name: &str, payload: &Value) {
        self.raw(&frame(kind, name, payload)).await;
    }

    /// Ends the answer properly; dropping the call breaks the connection.
    pub(crate) async fn end(mut self) {
        self.stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
}

/// The content type of the event streams of Bedrock Agents and of harnesses.
pub(crate) const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

/// A whole answer under status 200.
pub(crate) fn answer(content_type: &str, body: &[u8]) -> Vec<u8> {
    [head(content_type), chunk(body), b"0\r\n\r\n".to_vec()].concat()
}

/// The answer to a call that fails before it becomes a stream. It closes the connection, so that each
/// call of the agent has its own.
pub(crate) fn refusal(status: u16, code: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} No\r\nx-amzn-ErrorType: {code}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    head.into_bytes()
}

fn head(content_type: &str) -> Vec<u8> {
    // Some headers are for Bedrock Agents only; other agents ignore them.
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\
         x-amzn-bedrock-agent-content-type: application/json\r\n\
         x-amz-bedrock-agent-session-id: s\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    head.into_bytes()
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let length = format!("{:x}\r\n", bytes.len());
    [length.as_bytes(), bytes, b"\r\n"].concat()
}

/// A chunk as Bedrock sends it.
pub(crate) fn said(bytes: &[u8]) -> Vec<u8> {
    let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
    frame("event", "chunk", &json!({"bytes": bytes}))
}

/// One message of an event stream.
pub(crate) fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    let name_header = if kind == "event" {
        ":event-type"
    } else {
        ":exception-type"
    };
    let headers = [
        (":message-type", kind),
        (name_header, name),
        (":content-type", "application/json"),
    ];
    message(&headers, payload.to_string().as_bytes())
}

/// One message with any headers and payload.
pub(crate) fn message(headers: &[(&'static str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut message = Message::new(Bytes::copy_from_slice(payload));
    for (name, value) in headers {
        let value = HeaderValue::String((*value).to_owned().into());
        message = message.add_header(Header::new(*name, value));
    }
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}
