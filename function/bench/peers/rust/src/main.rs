//! The same job, written after the documentation: `lambda_runtime`'s example for streaming,
//! the SDK with its defaults (see Cargo.toml), `aws_config::load_from_env`.

use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::types::ResponseStream;
use lambda_runtime::streaming::{Body, Response, Sender, channel};
use lambda_runtime::{Error, LambdaEvent, MetadataPrelude, run_concurrent, service_fn, tracing};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let config = aws_config::load_from_env().await;
    let client = Client::new(&config);
    // As `run`, and several at once on a Managed Instance.
    run_concurrent(service_fn(move |event| handle(client.clone(), event))).await
}

#[expect(clippy::unused_async, reason = "a handler, as in the documentation")]
async fn handle(client: Client, event: LambdaEvent<Value>) -> Result<Response<Body>, Error> {
    let request: Value = serde_json::from_str(event.payload["body"].as_str().unwrap_or_default())?;
    let (sender, body) = channel();
    tokio::spawn(async move {
        if let Err(error) = answer(&client, &request, sender).await {
            tracing::error!(%error, "the answer broke off");
        }
    });
    let mut prelude = MetadataPrelude::default();
    prelude
        .headers
        .insert("content-type", "text/event-stream; charset=utf-8".parse()?);
    Ok(Response {
        metadata_prelude: prelude,
        stream: body,
    })
}

async fn answer(client: &Client, request: &Value, mut sender: Sender) -> Result<(), Error> {
    let mut output = client
        .invoke_agent()
        .agent_id(std::env::var("AGENT_ID")?)
        .agent_alias_id(std::env::var("AGENT_ALIAS_ID")?)
        .session_id(request["sessionId"].as_str().unwrap_or_default())
        .input_text(request["question"].as_str().unwrap_or_default())
        .send()
        .await?;
    let mut number = 0;
    while let Some(event) = output.completion.recv().await? {
        if let ResponseStream::Chunk(chunk) = event
            && let Some(bytes) = chunk.bytes()
        {
            number += 1;
            let event = json!({
                "type": "chunk",
                "content": String::from_utf8_lossy(bytes.as_ref()),
                "chunkNumber": number,
                "timestamp": OffsetDateTime::now_utc().format(&Rfc3339)?,
            });
            sender
                .send_data(format!("data: {event}\n\n").into())
                .await?;
        }
    }
    let end = json!({"type": "complete", "chunkCount": number});
    sender.send_data(format!("data: {end}\n\n").into()).await?;
    Ok(())
}
