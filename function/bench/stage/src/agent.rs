//! The agent: answers `InvokeAgent` over HTTP/1.1 or HTTP/2; the question says how much and how fast.
//!
//! The question is `ID CHUNKS INTERVAL_US`. With an interval of 0 the answer is ready and is sent in
//! pieces of 16 KiB; with any other interval each chunk is sent alone, and its time is recorded.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;

use crate::frames;

const PIECE: usize = 16 * 1024;

/// The agent and its memory.
pub struct Agent {
    pub url: String,
    /// Whole answers by their number of chunks.
    ready: Mutex<HashMap<usize, Bytes>>,
    /// When each chunk of a paced answer was sent, by the question's id.
    sent: Mutex<HashMap<String, Vec<Instant>>>,
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

impl Agent {
    pub async fn start() -> std::io::Result<Arc<Self>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let agent = Arc::new(Self {
            url: format!("http://{}", listener.local_addr()?),
            ready: Mutex::default(),
            sent: Mutex::default(),
        });
        let serving = agent.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let agent = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(agent.clone(), request));
                    let _ = auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(agent)
    }

    /// Renders an answer in advance, so that its rendering is not measured.
    pub fn prepare(&self, chunks: usize) -> Bytes {
        let mut ready = self.ready.lock().expect("no panic holds it");
        let render = || {
            (0..chunks)
                .flat_map(frames::chunk)
                .collect::<Vec<u8>>()
                .into()
        };
        ready.entry(chunks).or_insert_with(render).clone()
    }

    /// When the chunks of a paced answer were sent; empty for one that was ready.
    pub fn sent(&self, id: &str) -> Vec<Instant> {
        let mut sent = self.sent.lock().expect("no panic holds it");
        sent.remove(id).unwrap_or_default()
    }
}

async fn serve(
    agent: Arc<Agent>,
    request: Request<Incoming>,
) -> Result<Response<Body>, hyper::Error> {
    let asked = request.into_body().collect().await?.to_bytes();
    let asked: serde_json::Value = serde_json::from_slice(&asked).unwrap_or_default();
    let mut words = asked["inputText"].as_str().unwrap_or_default().split(' ');
    let id = words.next().unwrap_or_default().to_owned();
    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let (chunks, interval) = (number(), number());
    let body = if interval == 0 {
        ready(agent.prepare(chunks))
    } else {
        let interval = Duration::from_micros(interval as u64);
        paced(agent, id, chunks, interval)
    };
    let response = Response::builder()
        .header("content-type", "application/vnd.amazon.eventstream")
        .header("x-amzn-bedrock-agent-content-type", "text/plain")
        .header("x-amz-bedrock-agent-session-id", "s");
    Ok(response.body(body).expect("the headers are valid"))
}

fn ready(mut rest: Bytes) -> Body {
    let pieces = std::iter::from_fn(move || {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then(|| Ok(Frame::data(piece)))
    });
    StreamBody::new(stream::iter(pieces)).boxed_unsync()
}

fn paced(agent: Arc<Agent>, id: String, chunks: usize, interval: Duration) -> Body {
    let begin = tokio::time::Instant::now();
    let pieces = stream::unfold(0, move |number| {
        let (agent, id) = (agent.clone(), id.clone());
        async move {
            if number == chunks {
                return None;
            }
            // All due times count from the beginning, so that a late chunk does not delay the next.
            let due = begin + interval * u32::try_from(number).unwrap_or(u32::MAX);
            tokio::time::sleep_until(due).await;
            let frame = Frame::data(frames::chunk(number).into());
            let mut sent = agent.sent.lock().expect("no panic holds it");
            sent.entry(id).or_default().push(Instant::now());
            Some((Ok(frame), number + 1))
        }
    });
    StreamBody::new(pieces).boxed_unsync()
}
