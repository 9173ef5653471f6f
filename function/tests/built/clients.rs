//! The kinds of clients, each with a question in its protocol.

use serde_json::{Value, json};

pub(crate) const CLIENTS: [Client; 5] = [
    Client("/"),
    Client("/ai-sdk"),
    Client("/ag-ui"),
    Client("/openai/v1/chat/completions?stream"),
    Client("/openai/v1/chat/completions"),
];

/// A client, by the path that it calls and the body that it sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(&'static str);

impl Client {
    /// The event that Lambda makes of its request.
    pub(crate) fn asks(self, question: &str) -> Value {
        let body = match self.0 {
            "/" => json!({"question": question}),
            "/ai-sdk" => json!({
                "id": "chat", "trigger": "submit-message",
                "messages": [
                    {"id": "m", "role": "user", "parts": [{"type": "text", "text": question}]},
                ],
            }),
            "/ag-ui" => json!({
                "threadId": "t", "runId": "r", "state": {}, "tools": [], "context": [],
                "messages": [{"id": "m", "role": "user", "content": question}],
                "forwardedProps": {},
            }),
            openai => json!({
                "model": "default", "stream": openai.ends_with("stream"),
                "messages": [{"role": "user", "content": question}],
            }),
        };
        let path = self.0.split('?').next();
        json!({
            "version": "2.0",
            "rawPath": path,
            "headers": {"content-type": "application/json"},
            "requestContext": {"http": {"method": "POST"}},
            "body": body.to_string(),
            "isBase64Encoded": false,
        })
    }
}
