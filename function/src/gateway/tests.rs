use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use serde_json::{Value, json};

use super::*;
use crate::agent::{AgentError, Ask};
use crate::authorize::Authorizer;
use crate::event::Event;
use crate::settings::agents::AgentsSettings;
use crate::settings::{Auth, TraceLevel};

/// Stands in for an upstream that misbehaves in ways that no real one does on demand.
#[derive(Debug)]
struct Panics;

impl Agent for Panics {
    fn ask(&self, _: Ask) -> BoxStream<'static, Result<Event, AgentError>> {
        let said = stream::once(async {
            Ok(Event::Chunk {
                agent: "a".to_owned(),
                content: "x".to_owned(),
            })
        });
        said.chain(stream::once(async { panic!("a bug") })).boxed()
    }
}

/// Collects what is sent; reads no more after `limit` pieces.
struct Reader {
    received: Vec<u8>,
    limit: usize,
}

impl ResponseBody for Reader {
    async fn send(&mut self, bytes: Bytes) -> Result<(), Gone> {
        if self.limit == 0 {
            return Err(Gone);
        }
        self.limit -= 1;
        self.received.extend_from_slice(&bytes);
        Ok(())
    }
}

fn gateway(authorizer: Authorizer) -> Gateway {
    Gateway {
        settings: Settings {
            agents: AgentsSettings::from_json(
                r#"{"default":"a","agents":{"a":{"type":"bedrock-agent","agentId":"A","agentAliasId":"B"}}}"#,
            )
            .unwrap(),
            auth: Auth::None,
            trace: TraceLevel::Summary,
            keep_alive: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
        },
        authorizer,
        agents: BTreeMap::from([("a".to_owned(), Box::new(Panics) as Box<dyn Agent>)]),
        members: Arc::default(),
        clock: || SystemTime::UNIX_EPOCH,
        new_session_id: || Ok("made-up".to_owned()),
        jitter: Default::default,
        log: |_| {},
    }
}

fn event(authorizer: &Value) -> Value {
    json!({
        "rawPath": "/",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST"}, "authorizer": authorizer},
        "body": r#"{"question":"q"}"#,
    })
}

async fn answered(gateway: &Gateway, event: &Value, limit: usize) -> (Value, String) {
    let mut reader = Reader {
        received: Vec::new(),
        limit,
    };
    let invocation = Invocation {
        request_id: "r".to_owned(),
        deadline: SystemTime::UNIX_EPOCH + Duration::from_secs(600),
        x_ray_trace_id: None,
        event: Bytes::from(event.to_string()),
    };
    gateway.answer(invocation, &mut reader).await;
    let text = String::from_utf8(reader.received).unwrap();
    let (prelude, body) = text.split_once("\0\0\0\0\0\0\0\0").unwrap();
    (serde_json::from_str(prelude).unwrap(), body.to_owned())
}

#[tokio::test]
async fn a_panic_ends_the_stream_with_one_error_event() {
    let (prelude, body) = answered(&gateway(Authorizer::None), &event(&Value::Null), 16).await;

    assert_eq!(prelude["statusCode"], 200);
    let data: Vec<Value> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let types: Vec<_> = data
        .iter()
        .map(|data| data["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["start", "agent", "status", "chunk", "error"]);
    assert_eq!(data[4]["error"], "internal");
    assert!(!body.contains("a bug"), "{body}");
}

/// One that panics before it has begun.
#[derive(Debug)]
struct PanicsAtOnce;

impl Agent for PanicsAtOnce {
    fn ask(&self, _: Ask) -> BoxStream<'static, Result<Event, AgentError>> {
        panic!("a bug")
    }
}

#[tokio::test]
async fn a_panic_before_the_stream_is_an_answer_with_its_own_status() {
    let mut asks = gateway(Authorizer::None);
    asks.agents = BTreeMap::from([("a".to_owned(), Box::new(PanicsAtOnce) as Box<dyn Agent>)]);
    let mut reads = gateway(Authorizer::None);
    reads.new_session_id = || panic!("a bug");
    for gateway in [asks, reads] {
        let (prelude, body) = answered(&gateway, &event(&Value::Null), 16).await;

        assert_eq!(prelude["statusCode"], 500);
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"], "internal");
    }
}

#[tokio::test]
async fn a_panic_after_the_stream_adds_nothing_to_it() {
    let mut gateway = gateway(Authorizer::None);
    gateway.log = |_| panic!("a bug");
    let (prelude, body) = answered(&gateway, &event(&Value::Null), 16).await;

    assert_eq!(prelude["statusCode"], 200);
    assert_eq!(body.matches("\"type\":\"error\"").count(), 1, "{body}");
    assert!(body.trim_end().ends_with('}'), "{body}");
}

#[test]
fn an_invocation_shows_nothing_of_its_event() {
    let invocation = Invocation {
        request_id: "r".to_owned(),
        deadline: SystemTime::UNIX_EPOCH,
        x_ray_trace_id: None,
        event: Bytes::from_static(b"SECRET"),
    };
    assert!(!format!("{invocation:?}").contains("SECRET"));
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_work_in_silence() {
    let (_, body) = answered(&gateway(Authorizer::None), &event(&Value::Null), 3).await;

    assert!(body.starts_with(": open\n\nid: 1\ndata: "), "{body}");
    assert_eq!(body.matches("data: ").count(), 1, "{body}");
}

#[tokio::test]
async fn answers_signed_requests_only_unless_told_otherwise() {
    let signed = event(&json!({"iam": {"userArn": "arn:aws:iam::1:user/u"}}));
    let status = async |event: &Value| {
        answered(&gateway(Authorizer::Iam), event, 16).await.0["statusCode"].clone()
    };

    assert_eq!(status(&signed).await, 200);
    assert_eq!(status(&event(&Value::Null)).await, 403);
    assert_eq!(status(&event(&json!({}))).await, 403);
    assert_eq!(status(&event(&json!({"jwt": {}}))).await, 403);
}

#[tokio::test]
async fn what_is_no_function_url_event_is_refused_as_json() {
    let (prelude, body) = answered(&gateway(Authorizer::None), &json!({"question": "q"}), 16).await;

    assert_eq!(prelude["statusCode"], 400);
    assert_eq!(prelude["headers"]["content-type"], "application/json");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["error"], "not_a_function_url_event");
}
