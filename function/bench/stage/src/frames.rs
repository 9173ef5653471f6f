//! The agent's answer: chunks of ~40 bytes of Japanese as vnd.amazon.eventstream messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// The text of the chunk with this number.
pub fn text(number: usize) -> String {
    format!("賛成します。理由は三つ{number:07}")
}

/// One `chunk` event as Bedrock sends it.
pub fn chunk(number: usize) -> Vec<u8> {
    let payload = json!({"bytes": STANDARD.encode(text(number))}).to_string();
    let mut headers = Vec::new();
    for (name, value) in [
        (":event-type", "chunk"),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ] {
        headers.push(u8::try_from(name.len()).unwrap_or_default());
        headers.extend(name.as_bytes());
        headers.push(7); // a string
        headers.extend(u16::try_from(value.len()).unwrap_or_default().to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let total = 12 + headers.len() + payload.len() + 4;
    let mut message = Vec::with_capacity(total);
    message.extend(u32::try_from(total).unwrap_or_default().to_be_bytes());
    message.extend(
        u32::try_from(headers.len())
            .unwrap_or_default()
            .to_be_bytes(),
    );
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(headers);
    message.extend(payload.as_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}
