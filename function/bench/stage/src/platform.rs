//! The Lambda Runtime API, which hands out events and keeps the answers with the time of each piece.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex as Queue, Notify, mpsc, oneshot};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(120);

/// One answer as it came.
pub struct Received {
    /// When its event was handed out.
    pub begin: Instant,
    pub end: Instant,
    /// Whether the function streamed it, or handed over one document.
    pub streamed: bool,
    pub body: Vec<u8>,
    /// The times at which the body reached each length.
    pub marks: Vec<(usize, Instant)>,
}

type Answer = Result<Received, String>;

struct Waiting {
    begin: Instant,
    answer: oneshot::Sender<Answer>,
}

struct Served {
    events: mpsc::UnboundedSender<String>,
    queue: Queue<mpsc::UnboundedReceiver<String>>,
    waiting: Mutex<HashMap<String, Waiting>>,
    /// How many requests for the next event wait, and how many do when the function is idle.
    idle: AtomicUsize,
    all: usize,
    changed: Notify,
}

/// The Runtime API for all environments of one function.
pub struct Platform {
    pub address: String,
    served: Arc<Served>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Platform {
    /// A function that is idle when `all` requests for the next event wait.
    pub async fn start(all: usize) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (events, queue) = mpsc::unbounded_channel();
        let served = Arc::new(Served {
            events,
            queue: Queue::new(queue),
            waiting: Mutex::default(),
            idle: AtomicUsize::new(0),
            all,
            changed: Notify::new(),
        });
        let shared = served.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let served = shared.clone();
                let service = service_fn(move |request| serve(served.clone(), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Ok(Self {
            address,
            served,
            accepting,
        })
    }

    /// Waits until the function asks for the next event, with all its loops.
    pub async fn idle(&self) -> Result<(), String> {
        let all = async {
            while self.served.idle.load(Ordering::Relaxed) < self.served.all {
                self.served.changed.notified().await;
            }
        };
        timeout(PATIENCE, all)
            .await
            .map_err(|_| "the function does not become idle".to_owned())
    }

    /// Invokes the function with this question.
    pub async fn invoke(&self, id: &str, question: &str) -> Answer {
        let (answer, received) = oneshot::channel();
        let waiting = Waiting {
            begin: Instant::now(),
            answer,
        };
        self.served
            .waiting
            .lock()
            .expect("no panic holds it")
            .insert(id.to_owned(), waiting);
        let _ = self.served.events.send(event(id, question).to_string());
        match timeout(PATIENCE, received).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err("the function gave up".to_owned()),
            Err(_) => Err("no whole answer in time".to_owned()),
        }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    served: Arc<Served>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let id = path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    let response = match path.rsplit('/').next().unwrap_or_default() {
        "next" if path.contains("/extension/") => std::future::pending().await,
        "next" => next(&served).await,
        "register" => Response::builder()
            .header("lambda-extension-identifier", "e")
            .body(r#"{"functionName":"f","functionVersion":"1","handler":"h"}"#.to_owned()),
        last => {
            let waiting = served
                .waiting
                .lock()
                .expect("no panic holds it")
                .remove(&id);
            let answer = receive(request, waiting.as_ref().map(|waiting| waiting.begin)).await;
            match (waiting, last) {
                (Some(waiting), "response") => drop(waiting.answer.send(answer)),
                (Some(waiting), _) => {
                    let told = answer.map(|told| String::from_utf8_lossy(&told.body).into_owned());
                    drop(waiting.answer.send(Err(told.unwrap_or_else(|error| error))));
                }
                (None, _) => eprintln!("the function could not start: {path}"),
            }
            Response::builder()
                .status(202)
                .body(r#"{"status":"OK"}"#.to_owned())
        }
    };
    Ok(response
        .expect("the headers are valid")
        .map(|body| Full::new(body.into())))
}

async fn next(served: &Served) -> hyper::http::Result<Response<String>> {
    served.idle.fetch_add(1, Ordering::Relaxed);
    served.changed.notify_one();
    let event = served.queue.lock().await.recv().await.unwrap_or_default();
    served.idle.fetch_sub(1, Ordering::Relaxed);
    let id =
        serde_json::from_str::<Value>(&event).unwrap_or_default()["requestContext"]["requestId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    let deadline = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default() + Duration::from_secs(600);
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header(
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        )
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:ap-northeast-1:123456789012:function:f:live",
        )
        .body(event)
}

/// Takes a body as fast as it comes; it is parsed later.
async fn receive(request: Request<Incoming>, begin: Option<Instant>) -> Answer {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let streamed = header("lambda-runtime-function-response-mode") == Some("streaming");
    let (mut body, mut marks) = (Vec::new(), Vec::new());
    let mut incoming = request.into_body();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| format!("the answer broke off: {error}"))?;
        if let Ok(data) = frame.into_data() {
            body.extend_from_slice(&data);
            marks.push((body.len(), Instant::now()));
        }
    }
    let end = Instant::now();
    Ok(Received {
        begin: begin.unwrap_or(end),
        end,
        streamed,
        body,
        marks,
    })
}

/// The event that a function URL hands to the function.
fn event(id: &str, question: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "f.lambda-url.ap-northeast-1.on.aws"},
        "requestContext": {
            "accountId": "anonymous", "apiId": "f", "domainPrefix": "f",
            "domainName": "f.lambda-url.ap-northeast-1.on.aws", "requestId": id,
            "routeKey": "$default", "stage": "$default",
            "time": "23/Nov/2026:00:00:00 +0000", "timeEpoch": 1_795_392_000_000_i64,
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1",
                     "sourceIp": "127.0.0.1", "userAgent": "bench"},
        },
        "body": json!({"question": question, "sessionId": "s".repeat(36)}).to_string(),
        "isBase64Encoded": false,
    })
}
