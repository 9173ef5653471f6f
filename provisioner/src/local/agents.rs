//! Amazon Bedrock Agents' runtime, played from a scenario: the real protocol, scripted words.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::mpsc;

use super::event_stream;
use super::scenario::{Refusal, Scenario, Step};
use call::{Call, Rejected};
use player::Player;
use wire::Wire;

mod call;
mod members;
mod player;
mod traces;
mod wire;

/// Blocks of messages on their way to the client. When it is full the player waits: back-pressure.
const BLOCKS_UNDER_WAY: usize = 4;

/// The agents that a scenario has.
#[derive(Debug, Clone)]
pub(crate) struct Agents {
    scenario: Arc<Scenario>,
    speed: f64,
}

impl Agents {
    /// `speed` divides all waits; 0 leaves them out.
    pub(crate) fn new(scenario: Scenario, speed: f64) -> Self {
        Self {
            scenario: Arc::new(scenario),
            speed,
        }
    }

    /// Who there is, and what they say.
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn wait(&self, milliseconds: u64) -> Duration {
        if self.speed > 0.0 {
            // An absurdly small speed gives no finite time: then do not wait.
            let wait = Duration::from_millis(milliseconds).as_secs_f64() / self.speed;
            Duration::try_from_secs_f64(wait).unwrap_or_default()
        } else {
            Duration::ZERO
        }
    }
}

/// Answers a request to the service `bedrock`.
pub(crate) async fn handle(agents: &Agents, request: Request<Bytes>) -> Response<Body> {
    match Call::read(&request, &agents.scenario.agent) {
        Ok(call) => invoke_agent(agents, call).await,
        Err(rejected) => reject(&rejected),
    }
}

async fn invoke_agent(agents: &Agents, call: Call) -> Response<Body> {
    let script = agents.scenario.script(call.topic());
    for step in script {
        match step {
            Step::Wait(milliseconds) => tokio::time::sleep(agents.wait(*milliseconds)).await,
            Step::Refuse(refusal) => return refuse(refusal),
            _ => break,
        }
    }
    // The waits before anything else are over; they are not played again.
    let waited = script
        .iter()
        .position(|step| !matches!(step, Step::Wait(_)))
        .unwrap_or(script.len());
    let (sender, receiver) = mpsc::channel(BLOCKS_UNDER_WAY);
    let mut response = Response::new(body(receiver));
    describe(&call, response.headers_mut());
    let player = Player::new(agents.clone(), call, Wire::new(sender), SystemTime::now);
    // Ends with the script, or when the client leaves.
    tokio::spawn(player.play(waited));
    response
}

fn body(receiver: mpsc::Receiver<Result<Bytes, wire::Closed>>) -> Body {
    Body::from_stream(stream::unfold(receiver, async |mut receiver| {
        let block = receiver.recv().await?;
        if block.is_err() {
            // What came before the break gets out first.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some((block, receiver))
    }))
}

fn describe(call: &Call, headers: &mut http::HeaderMap) {
    for (name, value) in [
        (header::CONTENT_TYPE, Some(event_stream::CONTENT_TYPE)),
        (
            HeaderName::from_static("x-amzn-bedrock-agent-content-type"),
            Some("application/json"),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-session-id"),
            Some(call.session_id.as_str()),
        ),
        (
            HeaderName::from_static("x-amz-bedrock-agent-memory-id"),
            call.memory_id.as_deref(),
        ),
    ] {
        // The patterns of both identifiers allow only what a header may hold.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
}

fn reject(rejected: &Rejected) -> Response<Body> {
    let (status, code) = match rejected {
        Rejected::NotEmulated(_) => (StatusCode::NOT_IMPLEMENTED, "NotEmulated"),
        Rejected::Invalid(_) => (StatusCode::BAD_REQUEST, "ValidationException"),
        Rejected::Unknown => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
    };
    error(status, code, &rejected.to_string())
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    // The scenario has been checked.
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    error(status, &refusal.code, &refusal.message)
}

fn error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "message": message }).to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(code) = HeaderValue::from_str(code) {
        headers.insert("x-amzn-errortype", code);
    }
    response
}

#[cfg(test)]
mod tests;
