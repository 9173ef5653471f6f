//! The built `bootstrap` between a Runtime API and an agent that the test plays itself.

use std::convert::Infallible;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

/// Longer than anything here takes; a test that waits for nothing fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, future).await;
    waited.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// One answer of the function: the request's head, then its body piece by piece.
pub(crate) struct Answer {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pieces: mpsc::UnboundedReceiver<Bytes>,
    text: Vec<u8>,
}

impl Answer {
    /// Reads on until `text` has come; what came so far is returned.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        soon(text, async {
            while !self.so_far().contains(text) {
                let piece = self.pieces.recv().await;
                let piece =
                    piece.unwrap_or_else(|| panic!("ended without {text}: {}", self.so_far()));
                self.text.extend_from_slice(&piece);
            }
            self.so_far()
        })
        .await
    }

    /// Reads to the end.
    pub(crate) async fn whole(&mut self) -> String {
        soon("the end of the answer", async {
            while let Some(piece) = self.pieces.recv().await {
                self.text.extend_from_slice(&piece);
            }
            self.so_far()
        })
        .await
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

/// A Lambda Runtime API that hands out the events it is given.
pub(crate) struct RuntimeApi {
    pub(crate) address: String,
    events: mpsc::UnboundedSender<Value>,
    answers: mpsc::UnboundedReceiver<Answer>,
    asked: mpsc::UnboundedReceiver<()>,
}

struct Served {
    events: Mutex<mpsc::UnboundedReceiver<Value>>,
    answers: mpsc::UnboundedSender<Answer>,
    asked: mpsc::UnboundedSender<()>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, event_queue) = mpsc::unbounded_channel();
        let (answer_queue, answers) = mpsc::unbounded_channel();
        let (asked_queue, asked) = mpsc::unbounded_channel();
        let served = Arc::new(Served {
            events: Mutex::new(event_queue),
            answers: answer_queue,
            asked: asked_queue,
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = served.clone();
                let service = service_fn(move |request| serve(served.clone(), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self {
            address,
            events,
            answers,
            asked,
        }
    }

    /// Waits until the function asks for work: it has started, or is done with the last event.
    pub(crate) async fn idle(&mut self) {
        soon("a request for the next event", self.asked.recv()).await;
    }

    pub(crate) async fn invoke(&mut self, event: Value) -> Answer {
        self.events.send(event).unwrap();
        self.answer().await
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        soon("an answer", self.answers.recv()).await.unwrap()
    }
}

async fn serve(
    served: Arc<Served>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        let _ = served.asked.send(());
        let event = served.events.lock().await.recv().await;
        let deadline =
            std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(600);
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", "req-1")
            .header("lambda-runtime-invocation-id", "nonce-1")
            .header("lambda-runtime-trace-id", X_RAY)
            .header(
                "lambda-runtime-deadline-ms",
                deadline.as_millis().to_string(),
            )
            .body(Full::from(event.unwrap_or_default().to_string()));
        return Ok(response.unwrap());
    }
    let (parts, mut body) = request.into_parts();
    let (sender, pieces) = mpsc::unbounded_channel();
    let _ = served.answers.send(Answer {
        path,
        headers: parts.headers,
        pieces,
        text: Vec::new(),
    });
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            let _ = sender.send(data);
        }
    }
    let response = Response::builder().status(202).body(Full::default());
    Ok(response.unwrap())
}

/// Where the agent would be.
pub(crate) struct Bedrock {
    listener: TcpListener,
    pub(crate) endpoint: String,
}

impl Bedrock {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, endpoint }
    }

    /// Waits for the call and reads it whole.
    pub(crate) async fn call(&self) -> Call {
        soon("a call of the agent", async {
            let (mut stream, _) = self.listener.accept().await.unwrap();
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
                    return Call {
                        head: head.to_owned(),
                        body: serde_json::from_str(body).unwrap_or_default(),
                        stream,
                    };
                }
            }
        })
        .await
    }
}

/// One `InvokeAgent` under way.
pub(crate) struct Call {
    pub(crate) head: String,
    pub(crate) body: Value,
    stream: TcpStream,
}

impl Call {
    pub(crate) async fn begin(&mut self) {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\
                    x-amzn-bedrock-agent-content-type: application/json\r\n\
                    x-amz-bedrock-agent-session-id: s\r\ntransfer-encoding: chunked\r\n\r\n";
        self.stream.write_all(head.as_bytes()).await.unwrap();
    }

    /// Begins an answer of another kind.
    pub(crate) async fn begin_as(&mut self, content_type: &str) {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes()).await.unwrap();
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend(bytes);
        chunk.extend(b"\r\n");
        self.stream.write_all(&chunk).await.unwrap();
    }

    pub(crate) async fn refuse(&mut self, status: u16, code: &str) {
        let body = r#"{"message":"SECRET details"}"#;
        let head = format!(
            "HTTP/1.1 {status} No\r\nx-amzn-ErrorType: {code}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await.unwrap();
    }

    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
        self.message("event", "chunk", &json!({"bytes": bytes}))
            .await;
    }

    pub(crate) async fn message(&mut self, kind: &str, name: &str, payload: &Value) {
        self.raw(&frame(kind, name, payload)).await;
    }

    /// The proper end; just dropping the call is a broken connection.
    pub(crate) async fn end(mut self) {
        self.stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
}

/// One message of an event stream.
pub(crate) fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    let name_header = if kind == "event" {
        ":event-type"
    } else {
        ":exception-type"
    };
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Message::new(Bytes::from(payload.to_string()))
        .add_header(Header::new(":message-type", text(kind)))
        .add_header(Header::new(name_header.to_owned(), text(name)))
        .add_header(Header::new(":content-type", text("application/json")));
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}

/// Starts the built binary as Lambda does: with an environment of its own.
pub(crate) fn bootstrap(runtime_api: &str, endpoint: &str, settings: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_bootstrap"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("GATEWAY_AUTH", "none")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

pub(crate) const AGENT: (&str, &str) = (
    "GATEWAY_AGENTS",
    r#"{"default":"magi","agents":{"magi":{"type":"bedrock-agent","agentId":"MAGICOUNCL","agentAliasId":"LIVE","name":"SOLOMON"}}}"#,
);

/// As Lambda tells it with each event.
pub(crate) const X_RAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

/// Nobody's name is on it and every upstream takes it, so it reaches the agent as it is.
pub(crate) const SESSION: &str = "session-1-0123456789abcdef0123456789abcdef";

pub(crate) fn question(question: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST"}},
        "body": json!({"question": question, "sessionId": SESSION}).to_string(),
        "isBase64Encoded": false,
    })
}

/// The `data` of every event in an answer's text.
pub(crate) fn events(text: &str) -> Vec<Value> {
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

pub(crate) fn types(text: &str) -> Vec<String> {
    let name = |event: Value| event["type"].as_str().unwrap().to_owned();
    events(text).into_iter().map(name).collect()
}
