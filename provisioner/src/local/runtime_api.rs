//! The Lambda Runtime API of one execution environment: the HTTP server on 127.0.0.1 that its
//! `bootstrap` asks for events and answers to. What a runtime may call when is decided in `phase`.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::invoker::{Answer, FunctionError};
use phase::Step;
use session::{Refusal, Session};

pub(crate) use bandwidth::Bandwidth;
pub(crate) use session::{Event, Outcome, Signal};

mod bandwidth;
mod phase;
mod response;
mod session;

const VERSION: &str = "/2018-06-01/runtime/";
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
/// Error reports are small; RAPID reads no more of them than of an answer.
const LONGEST_ERROR: usize = 6 * 1024 * 1024 + 100;

/// Long enough for the kernel to hand over a connection that is already made.
const LAST_CONNECTION: Duration = Duration::from_millis(10);

/// The running server. Dropping it closes the runtime's connections.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    session: Arc<Session>,
    server: JoinSet<()>,
    connections: watch::Receiver<usize>,
}

impl RuntimeApi {
    /// Listens on a port of its own.
    pub(crate) async fn listen(
        bandwidth: Option<Bandwidth>,
    ) -> io::Result<(Self, mpsc::UnboundedReceiver<Signal>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (signals, received) = mpsc::unbounded_channel();
        let session = Arc::new(Session::new(signals));
        let mut server = JoinSet::new();
        let (count, connections) = watch::channel(0);
        server.spawn(accept(listener, Arc::clone(&session), bandwidth, count));
        let api = Self {
            address,
            session,
            server,
            connections,
        };
        Ok((api, received))
    }

    /// Puts an event before the runtime; its answer comes through `reply`.
    pub(crate) fn offer(
        &self,
        event: Event,
        reply: oneshot::Sender<Result<Answer, FunctionError>>,
    ) {
        self.session.offer(event, reply);
    }

    /// Ends the answer that a caller may still wait for.
    pub(crate) fn fail(&self, error: FunctionError) {
        self.session.fail(error);
    }

    /// Waits until everything has been read that a dead runtime has sent.
    pub(crate) async fn drained(&mut self) {
        // Its last connection may not even be accepted yet.
        tokio::time::sleep(LAST_CONNECTION).await;
        // Fails when the server is gone: then there is nothing to read either.
        let _ = self.connections.wait_for(|open| *open == 0).await;
    }

    /// Closes the runtime's connections, as Lambda does before it kills a runtime.
    pub(crate) async fn close(&mut self) {
        self.server.shutdown().await;
    }
}

async fn accept(
    listener: TcpListener,
    session: Arc<Session>,
    bandwidth: Option<Bandwidth>,
    count: watch::Sender<usize>,
) {
    let mut connections = JoinSet::new();
    let count = Arc::new(count);
    loop {
        // Out of descriptors, for example: the next attempt may work, and there is nobody to tell.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let session = Arc::clone(&session);
        let count = Arc::clone(&count);
        count.send_modify(|open| *open += 1);
        connections.spawn(async move {
            let service = service_fn(|request| answer(&session, request, bandwidth));
            // A runtime that breaks its connection is noticed where its answer is read.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
            count.send_modify(|open| *open -= 1);
        });
    }
}

async fn answer(
    session: &Session,
    request: Request<Incoming>,
    bandwidth: Option<Bandwidth>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let call = parts.uri.path().strip_prefix(VERSION).unwrap_or_default();
    let segments: Vec<&str> = call.split('/').collect();
    Ok(match (&parts.method, segments.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => match session.next().await {
            Ok(event) => give(event),
            Err(refused) => refuse(&refused.into()),
        },
        (&Method::POST, ["invocation", id, "response"]) => {
            match session.begin(Step::Response, id, invocation_id(&parts)) {
                Err(refused) => refuse(&refused),
                Ok(()) => {
                    let (receipt, outcome) =
                        response::read(session, &parts.headers, body, bandwidth).await;
                    acknowledge(session, receipt, outcome)
                }
            }
        }
        (&Method::POST, ["invocation", id, "error"]) => {
            match session.begin(Step::Error, id, invocation_id(&parts)) {
                Err(refused) => refuse(&refused),
                Ok(()) => {
                    session.reply(Err(reported(&parts, body).await));
                    acknowledge(session, response::Receipt::Accepted, Outcome::Failed)
                }
            }
        }
        (&Method::POST, ["init", "error"]) => {
            let error = reported(&parts, body).await;
            match session.init_error(error.error_type, error.error_message) {
                Ok(()) => accepted(),
                Err(refused) => refuse(&refused.into()),
            }
        }
        (method, _) => problem(
            StatusCode::NOT_FOUND,
            "NotEmulated",
            &format!(
                "the local Runtime API does not emulate {method} {}",
                parts.uri.path()
            ),
        ),
    })
}

/// Answers `/next`.
fn give(event: Event) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(event.payload));
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", event.request_id),
        (INVOCATION_ID, event.invocation_id),
        ("lambda-runtime-trace-id", event.trace_id),
        ("lambda-runtime-deadline-ms", event.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", event.invoked_arn),
    ] {
        // All of them are ours, and plain ASCII.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Only now, after the last chunk and the trailers, the runtime learns that it may go on.
fn acknowledge(
    session: &Session,
    receipt: response::Receipt,
    outcome: Outcome,
) -> Response<Full<Bytes>> {
    use response::Receipt;

    if let Err(refused) = session.sent(outcome) {
        return refuse(&refused.into());
    }
    let status = receipt.status();
    match receipt {
        Receipt::Accepted => accepted(),
        Receipt::InvalidMode => problem(
            status,
            "InvalidFunctionResponseMode",
            "Invalid function response mode",
        ),
        Receipt::TooLarge => problem(
            status,
            "RequestEntityTooLarge",
            "Exceeded maximum allowed payload size (6291556 bytes).",
        ),
        Receipt::Truncated => problem(status, "TruncatedHTTPRequest", "HTTP request truncated"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorReport {
    error_type: Option<String>,
    error_message: Option<String>,
}

/// The error that a runtime reports about its function.
async fn reported(parts: &http::request::Parts, body: Incoming) -> FunctionError {
    let body = match Limited::new(body, LONGEST_ERROR).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let report: ErrorReport = serde_json::from_slice(&body).unwrap_or_default();
    let header = parts.headers.get("lambda-runtime-function-error-type");
    let from_header = header
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    FunctionError {
        error_type: report
            .error_type
            .or(from_header)
            .unwrap_or_else(|| "Runtime.Unknown".to_owned()),
        error_message: report.error_message.unwrap_or_default(),
    }
}

fn invocation_id(parts: &http::request::Parts) -> Option<&str> {
    parts.headers.get(INVOCATION_ID)?.to_str().ok()
}

fn refuse(refusal: &Refusal) -> Response<Full<Bytes>> {
    let (status, error_type) = match refusal {
        Refusal::NotAllowed(_) => (StatusCode::FORBIDDEN, "InvalidStateTransition"),
        Refusal::OtherRequest => (StatusCode::BAD_REQUEST, "InvalidRequestID"),
        Refusal::OtherInvocation => (StatusCode::GONE, "ErrorRuntimeInvokeTimeout"),
    };
    problem(status, error_type, &refusal.to_string())
}

fn accepted() -> Response<Full<Bytes>> {
    json_response(StatusCode::ACCEPTED, &json!({ "status": "OK" }))
}

fn problem(status: StatusCode, error_type: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({ "errorType": error_type, "errorMessage": message });
    json_response(status, &body)
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
