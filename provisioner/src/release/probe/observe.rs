//! Asks a function URL and writes down what comes back, again and again while it may still change.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::judge::{self, Observation, Verdict};
use crate::aws::pauses;
use crate::config::Probe;
use crate::gateway::client::{ClientError, GatewayClient, Response};
use crate::gateway::sse::SseParser;
use crate::hint::chain;
use crate::plan::asking::Asking;
use crate::release::proof::{Cause, Proof};

/// Long enough an answer to come in several chunks, and any agent can give it.
const QUESTION: &str = "Please introduce yourself in three sentences.";
/// A cold start takes a fraction of it.
const HEALTH_LIMIT: Duration = Duration::from_secs(30);
/// Of a body that is not a stream.
const LONGEST_TEXT: usize = 4096;

/// Asks until it works, or is broken for good.
pub(in crate::release) async fn observe_url(
    client: &GatewayClient,
    asking: &Asking,
) -> Result<Proof, Cause> {
    let kind = asking.kind;
    let limit = match kind {
        Probe::Ask => asking.answer_limit,
        Probe::Health | Probe::None => HEALTH_LIMIT,
    };
    poll(asking.is_fresh, async || {
        match timeout(limit, observe(client, kind)).await {
            Ok(Ok(seen)) => judge::judge(&seen, asking),
            // The agent has been asked: not again, at the user's cost.
            Ok(Err(ClientError::Read(_))) if kind == Probe::Ask => {
                Verdict::Broken(Cause::Cut, Duration::ZERO)
            }
            Ok(Err(error)) => judge::unreachable(chain(&error)),
            Err(_) => Verdict::Broken(Cause::Silent { waited: limit }, Duration::ZERO),
        }
    })
    .await
}

/// As long as the verdict may change; what is not fresh is asked once.
async fn poll(is_fresh: bool, mut ask: impl AsyncFnMut() -> Verdict) -> Result<Proof, Cause> {
    let started = Instant::now();
    let mut pauses = pauses();
    loop {
        let (cause, patience) = match ask().await {
            Verdict::Works(proof) => return Ok(proof),
            Verdict::Broken(cause, patience) => (cause, patience),
        };
        let pause = pauses.next().unwrap_or_default();
        if !is_fresh || started.elapsed() + pause > patience {
            return Err(cause);
        }
        sleep(pause).await;
    }
}

async fn observe(client: &GatewayClient, kind: Probe) -> Result<Observation, ClientError> {
    let started = Instant::now();
    let now = SystemTime::now();
    let mut response = match kind {
        Probe::Ask => {
            let question = Bytes::from(json!({ "question": QUESTION }).to_string());
            client.post(question, now).await?
        }
        Probe::Health | Probe::None => client.get("healthz", now).await?,
    };
    let mut seen = Observation {
        status: response.status,
        content_type: response.content_type.clone(),
        error_type: response.error_type.clone(),
        has_length: response.has_length,
        ..Observation::default()
    };
    read(&mut response, &mut seen, started).await?;
    seen.total = started.elapsed();
    Ok(seen)
}

async fn read(
    response: &mut Response,
    seen: &mut Observation,
    started: Instant,
) -> Result<(), ClientError> {
    let is_stream = seen.content_type.starts_with("text/event-stream");
    let mut parser = SseParser::default();
    let mut text = Vec::new();
    while let Some(piece) = response.piece().await? {
        if seen.first_byte.is_zero() {
            seen.first_byte = started.elapsed();
        }
        if is_stream {
            for event in parser.push(&piece) {
                let event: Value = serde_json::from_str(&event).unwrap_or_default();
                match event["type"].as_str() {
                    Some("chunk") => seen.chunks += 1,
                    Some("complete" | "error") => seen.end = Some(event),
                    _ => {}
                }
            }
        } else if text.len() < LONGEST_TEXT {
            text.extend_from_slice(&piece);
        }
    }
    seen.text = String::from_utf8_lossy(&text).into_owned();
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers 403 as a function URL does, so many times, then 200.
    async fn url_that_opens_after(refusals: usize, error_type: &'static str) -> GatewayClient {
        let calls = Arc::new(AtomicUsize::new(0));
        let answer = move || async move {
            let mut headers = HeaderMap::new();
            if calls.fetch_add(1, Ordering::SeqCst) < refusals {
                headers.insert("x-amzn-errortype", error_type.parse().unwrap());
                return (StatusCode::FORBIDDEN, headers, r#"{"message":"no"}"#);
            }
            (StatusCode::OK, headers, r#"{"status":"ok"}"#)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let app = axum::Router::new().route("/healthz", get(answer));
        tokio::spawn(async move { axum::serve(listener, app).await });
        GatewayClient::new(url, "ap-northeast-1".to_owned(), None, None)
    }

    fn health() -> Asking {
        Asking {
            kind: Probe::Health,
            is_public: true,
            is_buffered: false,
            vpc: None,
            answer_limit: HEALTH_LIMIT,
            is_fresh: true,
        }
    }

    /// What a URL answers whose permissions act after so long.
    fn verdict(started: Instant, opens_after: Duration) -> Verdict {
        let mut seen = Observation {
            status: 200,
            ..Observation::default()
        };
        if started.elapsed() < opens_after {
            seen.status = 403;
            seen.error_type = Some("AccessDeniedException".to_owned());
        }
        judge::judge(&seen, &health())
    }

    #[tokio::test(start_paused = true)]
    async fn permissions_that_act_after_fifteen_seconds_are_waited_for() {
        let started = Instant::now();
        let proof = poll(true, async || verdict(started, Duration::from_secs(15))).await;

        assert_eq!(proof.unwrap().kind, Probe::Health);
        let waited = started.elapsed().as_secs();
        assert!((15..=16).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_for_good_is_told_after_a_minute() {
        let started = Instant::now();
        let cause = poll(true, async || verdict(started, Duration::MAX)).await;

        assert_eq!(cause, Err(Cause::Forbidden));
        let waited = started.elapsed().as_secs();
        assert!((58..=60).contains(&waited), "{waited}");
    }

    #[tokio::test]
    async fn permissions_are_given_time() {
        let client = url_that_opens_after(2, "AccessDeniedException").await;

        let proof = observe_url(&client, &health()).await.unwrap();

        assert_eq!(proof.kind, Probe::Health);
    }

    #[tokio::test]
    async fn a_wrong_signature_is_not_tried_again() {
        let client = url_that_opens_after(1, "InvalidSignatureException").await;

        let cause = observe_url(&client, &health()).await.unwrap_err();

        let message = "no".to_owned();
        assert_eq!(cause, Cause::Signature { message });
    }

    #[tokio::test]
    async fn where_nothing_was_changed_nothing_is_waited_for() {
        let client = url_that_opens_after(1, "AccessDeniedException").await;
        let asking = Asking {
            is_fresh: false,
            ..health()
        };

        assert_eq!(observe_url(&client, &asking).await, Err(Cause::Forbidden));
    }
}
