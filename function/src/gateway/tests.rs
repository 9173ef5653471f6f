use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

use super::*;
use crate::agent::{Ask, Events};
use crate::authorize::Authorizer;
use crate::event::Event;
use crate::settings::agents::AgentsSettings;
use crate::settings::{Auth, RoleSessions, TraceLevel};

/// Panics in the middle of its answer.
#[derive(Debug)]
struct Panics;

impl Agent for Panics {
    fn ask(&self, _: Ask) -> Events {
        let said = stream::once(async {
            Ok(Event::Chunk {
                agent: "a".to_owned(),
                content: "x".to_owned(),
            })
        });
        said.chain(stream::once(async { panic!("a bug") })).boxed()
    }
}

/// Is silent for 25 seconds before it answers.
#[derive(Debug)]
struct Slow;

impl Agent for Slow {
    fn ask(&self, _: Ask) -> Events {
        let answer = stream::once(async {
            tokio::time::sleep(Duration::from_secs(25)).await;
            Ok(Event::Chunk {
                agent: "a".to_owned(),
                content: "x".to_owned(),
            })
        });
        answer.boxed()
    }
}

/// Refuses every question.
#[derive(Debug)]
struct Refuses;

impl Agent for Refuses {
    fn check(&self, _: &Ask) -> Result<(), Refusal> {
        Err(Refusal::new(400, "not_here", "this can't be asked here"))
    }

    fn ask(&self, _: Ask) -> Events {
        unreachable!("it was refused")
    }
}

/// Collects what is sent; reads no more after `limit` pieces.
struct Reader {
    received: Vec<u8>,
    limit: usize,
}

impl ResponseBody for Reader {
    fn has_room(&self) -> bool {
        self.limit > 0
    }

    async fn room(&mut self) -> Result<(), Gone> {
        if self.limit == 0 { Err(Gone) } else { Ok(()) }
    }

    fn put(&mut self, piece: Bytes) {
        self.limit = self.limit.saturating_sub(1);
        self.received.extend_from_slice(&piece);
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
            pass_caller: false,
            allowed_attributes: Vec::new(),
            body_limit: 2 * 1024 * 1024,
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

/// Panics before its answer.
#[derive(Debug)]
struct PanicsAtOnce;

impl Agent for PanicsAtOnce {
    fn ask(&self, _: Ask) -> Events {
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

#[tokio::test(start_paused = true)]
async fn a_stream_opens_at_once_and_is_kept_alive_by_comments() {
    let mut gateway = gateway(Authorizer::None);
    gateway.agents = BTreeMap::from([("a".to_owned(), Box::new(Slow) as Box<dyn Agent>)]);
    let (_, body) = answered(&gateway, &event(&Value::Null), 16).await;

    let comments = ": keep-alive\n\n: keep-alive\n\n";
    let (start, answer) = body.split_once(comments).unwrap();
    assert!(
        start.starts_with(": open\n\nid: 1\ndata: {\"type\":\"start\""),
        "{body}"
    );
    assert!(
        answer.starts_with("id: 2\ndata: {\"type\":\"agent\""),
        "{body}"
    );
    assert_eq!(body.matches("\n: ").count(), 2, "no other comment: {body}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_one_piece_has_no_comments() {
    let mut gateway = gateway(Authorizer::None);
    gateway.agents = BTreeMap::from([("a".to_owned(), Box::new(Slow) as Box<dyn Agent>)]);
    let mut event = event(&Value::Null);
    event["rawPath"] = json!("/openai/v1/chat/completions");
    event["body"] = json!(r#"{"model":"a","messages":[{"role":"user","content":"q"}]}"#);
    let (prelude, body) = answered(&gateway, &event, 16).await;

    assert_eq!(prelude["headers"]["content-type"], "application/json");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["choices"][0]["message"]["content"], "x");
}

#[tokio::test]
async fn an_agent_refuses_before_the_stream_what_it_cannot_be_asked() {
    let mut gateway = gateway(Authorizer::None);
    gateway.agents = BTreeMap::from([("a".to_owned(), Box::new(Refuses) as Box<dyn Agent>)]);
    let (prelude, body) = answered(&gateway, &event(&Value::Null), 16).await;

    assert_eq!(prelude["statusCode"], 400);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["error"], "not_here");
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
        answered(&gateway(Authorizer::Iam(RoleSessions::Shared)), event, 16)
            .await
            .0["statusCode"]
            .clone()
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
