//! The Lambda Runtime API of one execution environment: the HTTP server on 127.0.0.1 that its
//! `bootstrap` asks for events and answers to. Who may call it is decided in `gate`, and when a runtime may
//! call what in `phase`.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
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
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::invocation::{Answer, FunctionError};
use super::pool::Ticket;
use gate::Gate;
use peer::Peer;
use phase::Step;
use response::Receipt;
use session::{Ending, Refusal, Session};

pub(crate) use bandwidth::Bandwidth;
pub(crate) use session::{Event, Outcome, Signal};

mod bandwidth;
mod gate;
mod peer;
mod phase;
mod response;
mod session;

const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
/// Error reports are small; RAPID reads no more of them than of an answer.
const LONGEST_ERROR: usize = 6 * 1024 * 1024 + 100;

/// How long to wait after a connection that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The running server. Dropping it closes the runtime's connections.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    /// What `AWS_LAMBDA_RUNTIME_API` is set to.
    pub(crate) address: String,
    session: Arc<Session>,
    server: JoinSet<()>,
}

impl RuntimeApi {
    /// Listens on a port of its own.
    pub(crate) async fn listen(
        bandwidth: Option<Bandwidth>,
        ticket: Ticket,
    ) -> io::Result<(Self, mpsc::UnboundedReceiver<Signal>)> {
        let gate = Gate::of_this_system().await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = gate.address(listener.local_addr()?);
        let (signals, received) = mpsc::unbounded_channel();
        let session = Arc::new(Session::new(signals, ticket));
        let mut server = JoinSet::new();
        server.spawn(accept(listener, gate, Arc::clone(&session), bandwidth));
        let api = Self {
            address,
            session,
            server,
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

    /// Whether an answer is being read.
    pub(crate) fn is_answering(&self) -> bool {
        self.session.is_answering()
    }

    /// Closes the runtime's connections, as Lambda does before it kills a runtime.
    pub(crate) async fn close(&mut self) {
        self.server.shutdown().await;
    }
}

async fn accept(
    listener: TcpListener,
    gate: Gate,
    session: Arc<Session>,
    bandwidth: Option<Bandwidth>,
) {
    let gate = Arc::new(gate);
    let mut connections = JoinSet::new();
    loop {
        // Fails when there are no file descriptors left, for example; a later attempt may work.
        let Ok((stream, client)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let (gate, session) = (Arc::clone(&gate), Arc::clone(&session));
        connections.spawn(async move {
            let peer = match stream.local_addr() {
                Ok(server) => gate.peer(client, server).await,
                Err(_) => Peer::Other,
            };
            let service = service_fn(|request| answer(&session, request, bandwidth, &gate, peer));
            // A runtime that breaks its connection is noticed where its answer is read.
            let _ = hyper::server::conn::http1::Builder::new()
                // A runtime may answer and exit: what it has sent counts.
                .half_close(true)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    session: &Session,
    request: Request<Incoming>,
    bandwidth: Option<Bandwidth>,
    gate: &Gate,
    peer: Peer,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let called = match gate.called(peer, request.uri(), request.headers()) {
        Ok(called) => called.to_owned(),
        Err(why) => return Ok(problem(StatusCode::FORBIDDEN, "Forbidden", why)),
    };
    let result = call(session, &called, request, bandwidth).await;
    Ok(result.unwrap_or_else(|refusal| refuse(&refusal)))
}

/// `called` is the path without the version.
async fn call(
    session: &Session,
    called: &str,
    request: Request<Incoming>,
    bandwidth: Option<Bandwidth>,
) -> Result<Response<Full<Bytes>>, Refusal> {
    let (parts, body) = request.into_parts();
    let segments: Vec<&str> = called.split('/').collect();
    match (&parts.method, segments.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => Ok(give(session.next().await?)),
        (&Method::POST, ["invocation", id, "response"]) => {
            session.begin(Step::Response, id, invocation_id(&parts))?;
            let (receipt, ending) = response::read(session, &parts.headers, body, bandwidth).await;
            acknowledge(session, receipt, ending)
        }
        (&Method::POST, ["invocation", id, "error"]) => {
            session.begin(Step::Error, id, invocation_id(&parts))?;
            let error = reported(&parts, body).await;
            acknowledge(session, Receipt::Accepted, Ending::Failed(error))
        }
        (&Method::POST, ["init", "error"]) => {
            let error = reported(&parts, body).await;
            session.init_error(error.error_type, error.error_message)?;
            Ok(accepted())
        }
        (method, _) => {
            let path = parts.uri.path();
            let what = format!("the local Runtime API does not emulate {method} {path}");
            Ok(problem(StatusCode::NOT_FOUND, "NotEmulated", &what))
        }
    }
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
    receipt: Receipt,
    ending: Ending,
) -> Result<Response<Full<Bytes>>, Refusal> {
    session.sent(ending)?;
    let status = receipt.status();
    Ok(match receipt {
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
    })
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
