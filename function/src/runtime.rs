//! The Lambda Runtime API: fetches an event, streams the answer, and so on.
//!
//! `lambda_runtime`'s own loop can't be used: its connection lacks `TCP_NODELAY`, which costs ~42 ms
//! per response, and it writes the text of errors into the body. Its lower half, the API client,
//! accepts a connector with that option.

mod streaming_body;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::connect::HttpConnector;
use lambda_runtime::Diagnostic;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{BoxError, PooledClient, build_request};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::gateway::{Gateway, Invocation};
use crate::log::Record;
use crate::settings::Platform;
use streaming_body::{Pieces, streaming_body};

const REQUEST_ID: &str = "lambda-runtime-aws-request-id";
const DEADLINE_MS: &str = "lambda-runtime-deadline-ms";
const TRACE_ID: &str = "lambda-runtime-trace-id";
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
const RESPONSE_MODE: &str = "lambda-runtime-function-response-mode";
const HTTP_INTEGRATION: &str = "application/vnd.awslambda.http-integration-response";

/// Lambda's largest event, with its escapes and everything around the body.
const LARGEST_EVENT: usize = 16 * 1024 * 1024;

/// How often in a row a request for the next event is repeated, each time on another connection.
const NEXT_RETRIES: u32 = 3;

/// Why the Runtime API could not be used, for one answer or at all. Without it Lambda replaces the
/// process.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error("`{0}` is not the address of a Runtime API")]
    Address(String),
    #[error("could not fetch the next event from the Runtime API")]
    Next(#[source] BoxError),
    #[error("the Runtime API answered the request for the next event with {0}")]
    NextRefused(http::StatusCode),
    #[error("the Runtime API sent an event without a valid `{0}` header")]
    Header(&'static str),
    #[error("could not send the answer to the Runtime API")]
    Respond(#[source] BoxError),
    #[error("the Runtime API refused the answer with {0}")]
    ResponseRefused(http::StatusCode),
    #[error("the reader did not read all of the answer before the function's timeout")]
    NotRead,
    #[error("could not report the failed start to the Runtime API")]
    Report(#[source] BoxError),
}

/// The Runtime API of this execution environment.
#[derive(Debug)]
pub struct RuntimeApi {
    client: PooledClient,
}

impl RuntimeApi {
    /// A client for the API at the platform's `host:port`; it connects at its first request.
    pub fn new(platform: &Platform) -> Result<Self, RuntimeError> {
        let address = &platform.runtime_api;
        let endpoint: Uri = format!("http://{address}")
            .parse()
            .ok()
            .filter(|uri: &Uri| uri.authority().is_some())
            .ok_or_else(|| RuntimeError::Address(address.clone()))?;
        let mut connector = HttpConnector::new();
        // Without this the first bytes of each response wait for a delayed ACK, ~42 ms.
        connector.set_nodelay(true);
        let client = PooledClient::builder()
            .with_connector(connector)
            .with_endpoint(endpoint)
            .with_pool_size(platform.max_concurrency)
            .build();
        Ok(Self { client })
    }

    /// Tells Lambda why the function can't start.
    pub async fn report_init_error(&self, message: String) -> Result<(), RuntimeError> {
        let diagnostic = Diagnostic {
            error_type: "Function.InvalidSettings".to_owned(),
            error_message: message,
        };
        let body =
            serde_json::to_vec(&diagnostic).map_err(|error| RuntimeError::Report(error.into()))?;
        let request = build_request()
            .method(Method::POST)
            .uri("/2018-06-01/runtime/init/error")
            .header("lambda-runtime-function-error-type", &diagnostic.error_type)
            .body(Body::from(body))
            .map_err(|error| RuntimeError::Report(error.into()))?;
        self.client
            .call(request)
            .await
            .map_err(RuntimeError::Report)?;
        Ok(())
    }

    /// Waits for the next event, however long it takes.
    async fn next(&self) -> Result<(Invocation, HeaderMap), RuntimeError> {
        let request = build_request()
            .method(Method::GET)
            .uri("/2018-06-01/runtime/invocation/next")
            .body(Body::empty())
            .map_err(|error| RuntimeError::Next(error.into()))?;
        let response = self
            .client
            .call(request)
            .await
            .map_err(RuntimeError::Next)?;
        let (parts, body) = response.into_parts();
        if !parts.status.is_success() {
            return Err(RuntimeError::NextRefused(parts.status));
        }
        let event = whole(body)
            .await
            .map_err(|error| RuntimeError::Next(error.into()))?;
        let invocation = Invocation {
            request_id: header(&parts.headers, REQUEST_ID)?.to_owned(),
            deadline: deadline(&parts.headers)?,
            x_ray_trace_id: header(&parts.headers, TRACE_ID).ok().map(ToOwned::to_owned),
            event,
        };
        Ok((invocation, parts.headers))
    }

    /// Sends a streaming response; the future ends when Lambda has taken all of the body.
    fn respond(
        &self,
        request_id: &str,
        headers: &HeaderMap,
        body: Pieces,
    ) -> Result<impl Future<Output = Result<Response<Incoming>, BoxError>> + use<>, BoxError> {
        let mut request = build_request()
            .method(Method::POST)
            .uri(format!(
                "/2018-06-01/runtime/invocation/{request_id}/response"
            ))
            .header(http::header::CONTENT_TYPE, HTTP_INTEGRATION)
            .header(RESPONSE_MODE, "streaming");
        // Since July 2026 Lambda sends this id and expects it back, as the proof that an answer belongs
        // to its invocation.
        if let Some(id) = headers.get(INVOCATION_ID) {
            request = request.header(INVOCATION_ID, id);
        }
        let request: Request<Body> = request.body(Body::new(body))?;
        Ok(self.client.call(request))
    }
}

/// Answers events, `max_concurrency` at a time, until the Runtime API is gone; returns the error that
/// says so.
pub async fn run(
    gateway: Arc<Gateway>,
    api: Arc<RuntimeApi>,
    max_concurrency: usize,
) -> RuntimeError {
    let mut loops = JoinSet::new();
    for _ in 0..max_concurrency {
        loops.spawn(serve_all(gateway.clone(), api.clone()));
    }
    loop {
        if let Some(Ok(error)) = loops.join_next().await {
            return error;
        }
        // A loop has panicked, outside of any answer. The streams of the other loops must go on.
        loops.spawn(serve_all(gateway.clone(), api.clone()));
    }
}

/// Answers one event after the other.
async fn serve_all(gateway: Arc<Gateway>, api: Arc<RuntimeApi>) -> RuntimeError {
    let mut failures = 0;
    loop {
        match api.next().await {
            Ok((invocation, headers)) => {
                failures = 0;
                let request_id = invocation.request_id.clone();
                if let Err(error) = serve(&gateway, &api, invocation, &headers).await {
                    (gateway.log)(&Record::undelivered(&request_id, &error));
                }
            }
            // An idle connection may have been closed by the other side. Ending the process for that
            // would end the streams of all other loops.
            Err(RuntimeError::Next(_)) if failures < NEXT_RETRIES => failures += 1,
            Err(error) => return error,
        }
    }
}

/// Answers one event. An error here is about this event only, for example an answer that Lambda
/// refuses because it comes too late; the next event shows whether Lambda is gone.
async fn serve(
    gateway: &Gateway,
    api: &RuntimeApi,
    invocation: Invocation,
    headers: &HeaderMap,
) -> Result<(), RuntimeError> {
    let (mut body, pieces) = streaming_body();
    let responded = api
        .respond(&invocation.request_id, headers, pieces)
        .map_err(RuntimeError::Respond)?;
    let ending = gateway.ending(invocation.deadline);
    let answered = async {
        gateway.answer(invocation, &mut body).await;
        // Ends the response.
        drop(body);
    };
    let (mut answered, mut responded) = (pin!(answered), pin!(responded));
    let responded = tokio::select! {
        () = &mut answered => in_time(ending.map(|ending| ending.delivered), responded).await?,
        responded = &mut responded => {
            answered.await;
            responded
        }
    };
    let status = responded.map_err(RuntimeError::Respond)?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(RuntimeError::ResponseRefused(status))
    }
}

/// Waits until Lambda has taken all of an answer. When its reader has stopped reading, that would be
/// when Lambda ends the function.
async fn in_time<T>(
    latest: Option<Instant>,
    responded: impl Future<Output = T>,
) -> Result<T, RuntimeError> {
    match latest {
        None => Ok(responded.await),
        Some(latest) => timeout_at(latest, responded)
            .await
            .map_err(|_| RuntimeError::NotRead),
    }
}

/// All of an event, in one piece from the start: it may have 6 MB.
async fn whole(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let length = body.size_hint().exact().unwrap_or_default();
    let length = usize::try_from(length).unwrap_or_default();
    let mut event = BytesMut::with_capacity(length.min(LARGEST_EVENT));
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            event.extend_from_slice(&data);
        }
    }
    Ok(event.freeze())
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, RuntimeError> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or(RuntimeError::Header(name))
}

fn deadline(headers: &HeaderMap) -> Result<SystemTime, RuntimeError> {
    let milliseconds = header(headers, DEADLINE_MS)?
        .parse()
        .map_err(|_| RuntimeError::Header(DEADLINE_MS))?;
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(milliseconds))
        .ok_or(RuntimeError::Header(DEADLINE_MS))
}
