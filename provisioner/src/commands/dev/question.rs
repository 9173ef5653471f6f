//! Asks the gateway one question and shows the answer as it comes.

use std::time::SystemTime;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::client::GatewayClient;
use crate::error::CommandError;
use crate::printer::Printer;
use crate::sse::SseParser;
use crate::transcript::{End, Transcript};

/// Prints the answer on stdout: coloured by agent, or with `--json` one event a line.
pub(crate) async fn ask(
    client: &GatewayClient,
    text: &str,
    printer: Printer,
) -> Result<(), CommandError> {
    let body = Bytes::from(json!({"question": text}).to_string());
    let mut response = client
        .post(body, SystemTime::now())
        .await
        .map_err(CommandError::Ask)?;
    let mut parser = SseParser::default();
    let mut transcript = Transcript::default();
    let mut refusal = Vec::new();
    while let Some(piece) = response.piece().await.map_err(CommandError::Ask)? {
        if response.status != 200 {
            refusal.extend_from_slice(&piece);
            continue;
        }
        for data in parser.push(&piece) {
            let shown = transcript.event(&data);
            let line = if printer.json() { data + "\n" } else { shown };
            printer.data(&line).map_err(CommandError::Print)?;
        }
    }
    if response.status != 200 {
        return Err(CommandError::Refused {
            status: response.status,
            message: message(&refusal),
        });
    }
    match transcript.end() {
        Some(End::Complete) => Ok(()),
        Some(End::Failed) => Err(CommandError::AnswerFailed),
        None => Err(CommandError::AnswerCut),
    }
}

/// The sentence in an error body: the gateway's own, or the function URL's.
fn message(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let sentence = json["message"].as_str().or(json["Message"].as_str());
    let text = String::from_utf8_lossy(body);
    sentence.map_or_else(|| text.trim().to_owned(), ToOwned::to_owned)
}
