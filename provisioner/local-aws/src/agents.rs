//! Agents on AWS, played from a scenario: the real protocols, scripted words.
//!
//! ```text
//! request -> bedrock_agent | runtime | harness -> player (the script's steps, in time)
//!                    ^ their Voice writes down what is Told          |
//!                    +-----------------------------------------------+
//! ```

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::mpsc;

use super::scenario::{Refusal, Scenario, Step};
use player::{Player, Question};
use told::{Told, Voice};
use wire::Wire;

pub(crate) mod agentcore;
pub(crate) mod bedrock_agent;
mod characters;
mod harness;
mod player;
mod runtime;
mod told;
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

    /// Begins the script for the question; the answer is an error if the script begins with one.
    async fn play(&self, question: Question, voice: Box<dyn Voice>) -> Response<Body> {
        let script = self.scenario.script(&question.topic);
        for step in script {
            match step {
                Step::Wait(milliseconds) => tokio::time::sleep(self.wait(*milliseconds)).await,
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
        let player = Player::new(
            self.clone(),
            question,
            voice,
            Wire::new(sender),
            SystemTime::now,
        );
        // Ends with the script, or when the client leaves.
        tokio::spawn(player.play(waited));
        Response::new(body(receiver))
    }

    /// Says one thing and ends.
    async fn say_only(&self, text: &str, voice: Box<dyn Voice>) -> Response<Body> {
        let (sender, receiver) = mpsc::channel(BLOCKS_UNDER_WAY);
        let wire = Wire::new(sender);
        for told in [Told::Said(text.as_bytes()), Told::Ended] {
            // A client who has left does not need it.
            let _ = wire.write(|to| voice.tell(told, to)).await;
        }
        let _ = wire.flush().await;
        Response::new(body(receiver))
    }
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
