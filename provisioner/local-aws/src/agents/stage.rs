//! Begins an answer: the script's steps before the stream, then the stream.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::mpsc;

use super::cast::Agents;
use super::event::{Encoder, Event};
use super::player::{Player, Question};
use super::wire::{Closed, Wire};
use crate::scenario::{Refusal, Step};

/// Blocks of messages on their way to the client. When it is full the player waits: back-pressure.
const BLOCKS_UNDER_WAY: usize = 4;

/// Begins the script for the question; the answer is an error if the script begins with one.
pub(super) async fn play(
    agents: &Agents,
    question: Question,
    encoder: Box<dyn Encoder>,
) -> Response<Body> {
    let script = agents.scenario().script(&question.topic);
    for step in script {
        match step {
            Step::Wait(milliseconds) => tokio::time::sleep(agents.wait(*milliseconds)).await,
            Step::Refuse(refusal) => return refuse(refusal),
            _ => break,
        }
    }
    // The player must not repeat the waits that are over now.
    let waited = script
        .iter()
        .position(|step| !matches!(step, Step::Wait(_)))
        .unwrap_or(script.len());
    let (sender, receiver) = mpsc::channel(BLOCKS_UNDER_WAY);
    let player = Player::new(
        agents.clone(),
        question,
        encoder,
        Wire::new(sender),
        SystemTime::now,
    );
    // Ends with the script, or when the client leaves.
    tokio::spawn(player.play(waited));
    Response::new(body(receiver))
}

/// Says one thing and ends.
pub(super) async fn say_only(text: &str, encoder: Box<dyn Encoder>) -> Response<Body> {
    let (sender, receiver) = mpsc::channel(BLOCKS_UNDER_WAY);
    let wire = Wire::new(sender);
    for event in [Event::Text(text.as_bytes()), Event::End] {
        // Fails when the client has left.
        let _ = wire.write(|to| encoder.write(event, to)).await;
    }
    let _ = wire.flush().await;
    Response::new(body(receiver))
}

fn body(receiver: mpsc::Receiver<Result<Bytes, Closed>>) -> Body {
    Body::from_stream(stream::unfold(receiver, async |mut receiver| {
        let block = receiver.recv().await?;
        if block.is_err() {
            // A break at once would discard the bytes before it, which are still in the socket.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some((block, receiver))
    }))
}

/// Built here, as an `ApiError` has only codes that this program knows, and a scenario may name any.
fn refuse(refusal: &Refusal) -> Response<Body> {
    let body = json!({ "message": refusal.message }).to_string();
    let mut response = Response::new(Body::from(body));
    // The scenario has been checked.
    *response.status_mut() =
        StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(code) = HeaderValue::from_str(&refusal.code) {
        headers.insert("x-amzn-errortype", code);
    }
    response
}
