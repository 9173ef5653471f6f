//! The floor: the least work that passes an agent's answer on chunk by chunk.
//!
//! Two sockets, a buffer each, HTTP/1.1 by hand. No SDK, no TLS, no signature, no retries, no
//! timeouts, no error handling, one kind of event. It does check both checksums of a message. Not a gateway: a line to measure against.

mod agent;
mod wire;

use std::env;
use std::io;

use serde_json::Value;

use wire::{Connection, Timestamp};

const PRELUDE: &str = concat!(
    r#"{"statusCode":200,"headers":{"content-type":"text/event-stream; charset=utf-8"}}"#,
    "\0\0\0\0\0\0\0\0"
);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let api = variable("AWS_LAMBDA_RUNTIME_API");
    let agent = variable("AWS_ENDPOINT_URL");
    let agent = agent.trim_start_matches("http://").to_owned();
    let loops = env::var("AWS_LAMBDA_MAX_CONCURRENCY").map_or(1, |n| n.parse().unwrap_or(1));
    let tasks: Vec<_> = (0..loops)
        .map(|_| tokio::spawn(serve(api.clone(), agent.clone())))
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Answers event after event over one connection to the Runtime API and one to the agent.
async fn serve(api: String, agent: String) -> io::Result<()> {
    let mut runtime = Connection::open(&api).await?;
    let mut upstream: Option<Connection> = None;
    loop {
        let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: l\r\n\r\n";
        runtime.send(next.as_bytes()).await?;
        let head = runtime.head().await?;
        let id = wire::header(&head, "lambda-runtime-aws-request-id").to_owned();
        let length = wire::header(&head, "content-length").parse().unwrap_or(0);
        let event: Value = serde_json::from_slice(&runtime.take(length).await?)?;
        let request: Value = serde_json::from_str(event["body"].as_str().unwrap_or_default())?;

        let begin = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: l\r\n\
             lambda-runtime-function-response-mode: streaming\r\n\
             content-type: application/vnd.awslambda.http-integration-response\r\n\
             transfer-encoding: chunked\r\n\r\n{:x}\r\n{PRELUDE}\r\n",
            PRELUDE.len()
        );
        runtime.send(begin.as_bytes()).await?;
        let connection = match upstream.take() {
            Some(open) => open,
            None => Connection::open(&agent).await?,
        };
        let question = request["question"].as_str().unwrap_or_default();
        upstream = Some(relay(connection, &mut runtime, question).await?);
        runtime.head().await.map(drop)?;
        runtime.skip_json().await?;
    }
}

/// Relays one answer: each chunk in a write of its own, unless the relay joins what it has read at once.
async fn relay(
    connection: Connection,
    runtime: &mut Connection,
    question: &str,
) -> io::Result<Connection> {
    let mut answer = agent::Answer::ask(connection, question).await?;
    let mut number = 0;
    let mut events = Vec::new();
    let mut timestamp = Timestamp::default();
    let joins = env::var("FLOOR_JOINS").is_ok();
    while answer.read().await? {
        events.clear();
        while let Some(text) = answer.chunk()? {
            number += 1;
            events.extend_from_slice(b"data: {\"type\":\"chunk\",\"content\":");
            serde_json::to_writer(&mut events, text)?;
            events.extend_from_slice(b",\"chunkNumber\":");
            serde_json::to_writer(&mut events, &number)?;
            events.extend_from_slice(b",\"timestamp\":\"");
            events.extend_from_slice(timestamp.now());
            events.extend_from_slice(b"\"}\n\n");
            if !joins {
                runtime.send_chunk(&events).await?;
                events.clear();
            }
        }
        if !events.is_empty() {
            runtime.send_chunk(&events).await?;
        }
    }
    let end = format!("data: {{\"type\":\"complete\",\"chunkCount\":{number}}}\n\n");
    runtime.send_chunk(end.as_bytes()).await?;
    runtime.send(b"0\r\n\r\n").await?;
    Ok(answer.into_connection())
}
