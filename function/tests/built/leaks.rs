//! Nothing that an agent or AWS says about a failure reaches a client, whatever its dialect, and nothing
//! that may quote people or keys reaches the log.

use serde_json::{Value, json};

use crate::clients::{CLIENTS, Client};
use crate::kind::Kind;
use crate::process::Running;
use crate::upstream::{EVENT_STREAM, answer, frame, message, refusal};

/// Secrets of the account, its network, its keys and its users; the last is the question itself.
const SECRETS: [&str; 6] = [
    "999988887777",
    "arn:aws:iam::999988887777:role/secret-role",
    "ip-10-20-30-40.internal.example",
    "AKIASECRETSECRETKEY0",
    "カササギの合言葉",
    "QUESTION",
];

/// An answer that fails.
struct Failing {
    what: String,
    bytes: Vec<u8>,
    /// AWS's message about the deployment, which its operator needs.
    is_logged_in_full: bool,
}

fn failing(what: impl Into<String>, bytes: Vec<u8>) -> Failing {
    Failing {
        what: what.into(),
        bytes,
        is_logged_in_full: false,
    }
}

/// All secrets in one sentence.
fn confession() -> String {
    SECRETS.join(" and ")
}

/// Calls that fail before they become a stream.
fn refusals() -> Vec<Failing> {
    let told = confession();
    let message = json!({"message": told, "reason": told, "resourceName": told}).to_string();
    let named = [
        (400, "ValidationException", false),
        (403, "AccessDeniedException", true),
        (403, "InvalidSignatureException", false),
        (404, "ResourceNotFoundException", true),
        (402, "ServiceQuotaExceededException", true),
        (424, "RuntimeClientError", false),
        (424, "DependencyFailedException", false),
        (500, "InternalServerException", false),
        (502, "BadGatewayException", false),
        (418, "SomethingNewException", false),
        // Something that answers in AWS's place, with a name that is not an exception's.
        (500, told.as_str(), false),
        (500, "AKIASECRETSECRETKEY0", false),
    ];
    let named = named.map(|(status, code, is_logged_in_full)| Failing {
        is_logged_in_full,
        ..failing(format!("{status} {code}"), refusal(status, code, &message))
    });
    let shapes = [
        json!({"error": {"details": [told]}, "stack": told}).to_string(),
        json!({"__type": told, "code": told, "Message": told}).to_string(),
        json!([told]).to_string(),
        format!("<html><h1>{told}</h1></html>"),
        format!("{{\"message\": \"{told}"),
    ];
    let shapes = shapes.map(|body| failing(format!("500 {body}"), refusal(500, "", &body)));
    named.into_iter().chain(shapes).collect()
}

/// Failures under status 200.
fn broken_streams(kind: Kind) -> Vec<Failing> {
    let told = confession();
    let payload = json!({"message": told, "reason": told, "resourceName": told});
    if kind == Kind::AgentcoreRuntime {
        let errors = [
            json!({"error": told, "error_type": "ValueError", "message": told}),
            json!({"error": {"deep": [told]}}),
            json!({"force_stop": true, "force_stop_reason": told}),
            json!({"type": "multiagent_node_stream", "node_id": "A", "event": {"error": told}}),
        ];
        let stream = |error: &Value| format!("data: \"said\"\n\ndata: {error}\n\n").into_bytes();
        let streamed = errors.iter().map(|error| {
            failing(
                error.to_string(),
                answer("text/event-stream", &stream(error)),
            )
        });
        let whole = errors.iter().map(|error| {
            let body = error.to_string().into_bytes();
            failing(format!("whole {error}"), answer("application/json", &body))
        });
        return streamed.chain(whole).collect();
    }
    let exceptions = [
        ("validationException", false),
        ("accessDeniedException", kind == Kind::BedrockAgent),
        ("dependencyFailedException", false),
        ("badGatewayException", false),
        ("internalServerException", false),
        ("runtimeClientError", false),
        ("somethingNewException", false),
        (told.as_str(), false),
    ];
    let mut all: Vec<_> = exceptions
        .into_iter()
        .map(|(name, is_logged_in_full)| Failing {
            is_logged_in_full,
            ..failing(
                name,
                answer(EVENT_STREAM, &frame("exception", name, &payload)),
            )
        })
        .collect();
    let error = [
        (":message-type", "error"),
        (":error-code", told.as_str()),
        (":error-message", told.as_str()),
    ];
    let broken_json = [
        (":message-type", "exception"),
        (":exception-type", "internalServerException"),
        (":content-type", "application/json"),
    ];
    let body = format!("{{\"message\": {told}");
    all.extend([
        failing("an error", answer(EVENT_STREAM, &message(&error, b""))),
        failing(
            "broken JSON",
            answer(EVENT_STREAM, &message(&broken_json, body.as_bytes())),
        ),
        failing(
            "an unknown event",
            answer(EVENT_STREAM, &frame("event", "news", &payload)),
        ),
        failing("no frames", answer(EVENT_STREAM, told.as_bytes())),
        failing("a cut frame", {
            let mut frame = frame("exception", "validationException", &payload);
            frame.pop();
            answer(EVENT_STREAM, &frame)
        }),
    ]);
    all
}

/// A question that asks for as much as the deployment tells.
fn asks_for_all(client: Client) -> Value {
    let mut event = client.asks("QUESTION");
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body["trace"] = json!("full");
    if event["rawPath"] == "/ag-ui" {
        body["forwardedProps"] = json!({"trace": "full"});
    }
    event["body"] = json!(body.to_string());
    event
}

async fn no_secret_of(kind: Kind) {
    let mut running = Running::start(&[kind.settings(), ("GATEWAY_TRACE", "full")]).await;
    let mut failures = Vec::new();
    for failing in refusals().into_iter().chain(broken_streams(kind)) {
        for client in CLIENTS {
            let (mut answer, mut call) = running.ask_event(asks_for_all(client)).await;
            call.hang_up_after(&failing.bytes).await;
            let whole = answer.whole().await;
            for secret in SECRETS {
                assert!(
                    !whole.contains(secret),
                    "{kind:?} {client:?} {}: {whole}",
                    failing.what
                );
            }
            // The client does learn that something has failed.
            assert!(
                whole.to_lowercase().contains("error"),
                "{client:?} {}: {whole}",
                failing.what
            );
            failures.push((failing.what.clone(), failing.is_logged_in_full));
        }
    }

    let log = running.log().await;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), failures.len(), "{log}");
    for (line, (what, is_logged_in_full)) in lines.into_iter().zip(failures) {
        let told = SECRETS.iter().any(|secret| line.contains(secret));
        assert_eq!(told, is_logged_in_full, "{kind:?} {what}: {line}");
    }
}

#[tokio::test]
async fn nothing_of_bedrock_agents() {
    no_secret_of(Kind::BedrockAgent).await;
}

#[tokio::test]
async fn nothing_of_agentcore_runtimes() {
    no_secret_of(Kind::AgentcoreRuntime).await;
}

#[tokio::test]
async fn nothing_of_harnesses() {
    no_secret_of(Kind::Harness).await;
}
