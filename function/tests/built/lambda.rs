//! Lambda, played by the test: hands out events and takes the answers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use crate::process::soon;

/// The header that Lambda sends with each event.
pub(crate) const X_RAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

/// One answer of the function: the request's head, then its body piece by piece.
pub(crate) struct Answer {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pieces: mpsc::UnboundedReceiver<Bytes>,
    text: Vec<u8>,
}

impl Answer {
    /// Reads until `text` has come, and returns all that came.
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

    /// Reads to the end of the answer.
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

/// A Lambda Runtime API that hands out the test's events.
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
    behaviour: Behaviour,
}

/// How it treats the function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behaviour {
    /// The time that each event has.
    pub(crate) timeout: Duration,
    pub(crate) request_id: &'static str,
    /// The status with which it takes each answer.
    pub(crate) status: u16,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(600),
            request_id: "req-1",
            status: 202,
        }
    }
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        Self::with(Behaviour::default()).await
    }

    pub(crate) async fn with(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, event_queue) = mpsc::unbounded_channel();
        let (answer_queue, answers) = mpsc::unbounded_channel();
        let (asked_queue, asked) = mpsc::unbounded_channel();
        let served = Arc::new(Served {
            events: Mutex::new(event_queue),
            answers: answer_queue,
            asked: asked_queue,
            behaviour,
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

    /// Waits until the function asks for the next event: it has started, or the last event is done.
    pub(crate) async fn idle(&mut self) {
        soon("a request for the next event", self.asked.recv()).await;
    }

    pub(crate) fn send(&self, event: Value) {
        self.events.send(event).unwrap();
    }

    pub(crate) async fn invoke(&mut self, event: Value) -> Answer {
        self.send(event);
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
        let deadline = SystemTime::UNIX_EPOCH.elapsed().unwrap() + served.behaviour.timeout;
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", served.behaviour.request_id)
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
    let response = Response::builder()
        .status(served.behaviour.status)
        .body(Full::default());
    Ok(response.unwrap())
}
