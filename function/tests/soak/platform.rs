//! A Lambda Runtime API that hands out events and gives each answer to the client that asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// The pieces of an answer; the function waits until they are taken.
pub(crate) type Pieces = mpsc::Receiver<Bytes>;

#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) address: String,
    served: Arc<Served>,
}

struct Served {
    asked: mpsc::UnboundedSender<(String, Value)>,
    events: Mutex<mpsc::UnboundedReceiver<(String, Value)>>,
    waiting: Mutex<HashMap<String, mpsc::Sender<Bytes>>>,
}

impl Platform {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (asked, events) = mpsc::unbounded_channel();
        let served = Arc::new(Served {
            asked,
            events: Mutex::new(events),
            waiting: Mutex::default(),
        });
        let shared = served.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = shared.clone();
                let service = service_fn(move |request| serve(served.clone(), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self { address, served }
    }

    /// Invokes the function; `token` is also the request's id.
    pub(crate) async fn invoke(&self, token: &str, question: &str) -> Pieces {
        let id = token.trim_matches(['<', '>']).to_owned();
        let (sender, pieces) = mpsc::channel(1);
        self.served.waiting.lock().await.insert(id.clone(), sender);
        let event = json!({
            "rawPath": "/",
            "headers": {"content-type": "application/json"},
            "requestContext": {"http": {"method": "POST"}},
            "body": json!({"question": question}).to_string(),
        });
        self.served.asked.send((id, event)).unwrap();
        pieces
    }
}

async fn serve(
    served: Arc<Served>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        let event = served.events.lock().await.recv().await;
        let (id, event) = event.unwrap_or_default();
        let deadline = SystemTime::UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(600);
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", id)
            .header(
                "lambda-runtime-deadline-ms",
                deadline.as_millis().to_string(),
            )
            .body(Full::from(event.to_string()));
        return Ok(response.unwrap());
    }
    let id = path.rsplit('/').nth(1).unwrap_or_default();
    let sender = served.waiting.lock().await.remove(id);
    let sender = sender.unwrap_or_else(|| panic!("nobody waits for {path}"));
    let mut body = request.into_body();
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        // The client has left: the connection is dropped with the rest of the body.
        if sender.send(data).await.is_err() {
            break;
        }
    }
    Ok(Response::builder()
        .status(202)
        .body(Full::default())
        .unwrap())
}
