//! One invocation: event in, prelude and body out, whatever happens in between.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use lambda_runtime::MetadataPrelude;
use tokio::time::Instant;

use crate::agent::{Agent, Ask, Failure};
use crate::authorize::authorize;
use crate::dialect::{Dialect, magi::Magi};
use crate::log::Record;
use crate::relay::{Identity, Moment, Relay, Timing};
use crate::request::{self, Refusal, Request};
use crate::settings::Settings;

/// Enough to make a write worth its system call, little enough to stay flat in memory.
const COALESCED_BYTES: usize = 32 * 1024;

/// Kept free before Lambda's own end, so that `error: deadline` still reaches the client.
const DEADLINE_MARGIN: Duration = Duration::from_secs(5);

/// Everything an invocation needs, made once at start-up.
#[derive(Debug)]
pub struct Gateway {
    pub settings: Settings,
    pub agent: Box<dyn Agent>,
    pub clock: fn() -> SystemTime,
    /// Makes up a session id that nobody can guess.
    pub new_session_id: fn() -> Result<String, getrandom::Error>,
    /// Where the one line per request goes.
    pub log: fn(&Record<'_>),
}

/// One event as Lambda delivered it.
#[derive(Debug)]
pub struct Invocation {
    pub request_id: String,
    /// When Lambda kills the function.
    pub deadline: SystemTime,
    pub event: Bytes,
}

/// Where the answer goes: the Runtime API, piece by piece.
pub trait ResponseBody {
    /// Sends bytes at once and waits until there is room for more; `Err` when nobody reads on.
    fn send(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Gone>> + Send;
}

/// The reader has gone away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Gateway {
    /// Answers one invocation. Never fails: what goes wrong is told to the client.
    pub async fn answer(&self, invocation: Invocation, body: &mut impl ResponseBody) {
        let request_id = invocation.request_id;
        let started = Instant::now();
        let sent = match self.read(&invocation.event) {
            Ok(Request::Ask(ask)) => {
                self.stream(ask, &request_id, invocation.deadline, body)
                    .await;
                return;
            }
            Ok(Request::Health) => {
                (self.log)(&Record::health(&request_id));
                send_json(body, 200, &serde_json::json!({"status": "ok"})).await
            }
            Err(refusal) => {
                (self.log)(&Record::refused(&request_id, &refusal, started.elapsed()));
                let Refusal {
                    status,
                    code,
                    message,
                } = refusal;
                let error = serde_json::json!({"error": code, "message": message});
                send_json(body, status, &error).await
            }
        };
        // A client that left before its short answer has been told all there was to tell.
        let _: Result<(), Gone> = sent;
    }

    fn read(&self, event: &[u8]) -> Result<Request, Refusal> {
        let event = request::decode(event)?;
        authorize(self.settings.auth, &event)?;
        request::read(event, self.settings.trace, self.new_session_id)
    }

    async fn stream(
        &self,
        ask: Ask,
        request_id: &str,
        deadline: SystemTime,
        body: &mut impl ResponseBody,
    ) {
        let identity = Identity {
            session_id: ask.session_id.clone(),
            request_id: request_id.to_owned(),
            agent_id: self.settings.agent_id.clone(),
        };
        let timing = Timing {
            keep_alive: self.settings.keep_alive,
            idle_timeout: self.settings.idle_timeout,
            deadline: planned_end(deadline, (self.clock)()),
        };
        let mut relay = Relay::new(self.agent.ask(ask), identity, timing, self.clock);
        let mut dialect = Magi::default();
        let mut pending = BytesMut::new();

        // The one net for panics below: whatever broke, the client is told.
        let pumped = AssertUnwindSafe(pump(&mut relay, &mut dialect, &mut pending, body))
            .catch_unwind()
            .await;
        if pumped.is_err()
            && let Some(moment) = relay.fail(Failure::Internal.into())
        {
            dialect.encode(&moment, &mut pending);
            let _: Result<(), Gone> = body.send(pending.freeze()).await;
        }
        (self.log)(&Record::streamed(request_id, &relay));
    }
}

/// Sends what the relay tells until it has ended or nobody reads on.
///
/// What is ready now goes out together and what comes alone goes out at once; nothing is ever held
/// back by a timer.
async fn pump(
    relay: &mut Relay,
    dialect: &mut impl Dialect,
    pending: &mut BytesMut,
    body: &mut impl ResponseBody,
) -> Result<(), Gone> {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(dialect.content_type()),
    );
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    // Proxies after nginx's manner would wait for more.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    send_prelude(body, StatusCode::OK, headers).await?;

    while let Some(moment) = relay.next().await {
        dialect.encode(&moment, pending);
        // Nothing waits for the agent before it has been asked.
        let is_greeting = matches!(moment, Moment::Open | Moment::Start { .. });
        if !is_greeting {
            gather(relay, dialect, pending).await;
        }
        body.send(pending.split().freeze()).await?;
    }
    Ok(())
}

/// Adds what is ready to what goes out now.
async fn gather(relay: &mut Relay, dialect: &mut impl Dialect, pending: &mut BytesMut) {
    // hyper hands over one frame per wake-up: one turn of the scheduler lets it bring the next.
    for turn in 0..2 {
        while pending.len() < COALESCED_BYTES
            && let Some(moment) = relay.ready()
        {
            dialect.encode(&moment, pending);
        }
        if turn == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// When the stream has to end by itself; `None` when the deadline is not believable, as under
/// local runtimes that send a constant.
fn planned_end(deadline: SystemTime, now: SystemTime) -> Option<Instant> {
    let remaining = deadline.duration_since(now).ok()?;
    let margin = DEADLINE_MARGIN.min(remaining / 10);
    Some(Instant::now() + remaining.saturating_sub(margin))
}

async fn send_json(
    body: &mut impl ResponseBody,
    status: u16,
    json: &serde_json::Value,
) -> Result<(), Gone> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    send_prelude(body, status, headers).await?;
    body.send(Bytes::from(json.to_string())).await
}

/// The head of the response: JSON, then eight NUL bytes, each in a chunk of its own, because
/// `cargo lambda watch` expects it so.
async fn send_prelude(
    body: &mut impl ResponseBody,
    status_code: StatusCode,
    headers: HeaderMap,
) -> Result<(), Gone> {
    let prelude = MetadataPrelude {
        status_code,
        headers,
        cookies: Vec::new(),
    };
    // Made of valid parts only; an empty object would still be a valid prelude.
    let prelude = serde_json::to_vec(&prelude).unwrap_or_else(|_| b"{}".to_vec());
    body.send(Bytes::from(prelude)).await?;
    body.send(Bytes::from_static(&[0; 8])).await
}

#[cfg(test)]
mod tests;
