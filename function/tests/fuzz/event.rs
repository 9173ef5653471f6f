//! The function answers whatever Lambda delivers: with a stream that ends, or with a status that says
//! why not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use gateway::agent::{Agent, Ask, Events};
use gateway::authorize::Authorizer;
use gateway::authorize::jwt::{Issuer, JwtVerifier};
use gateway::aws::Roots;
use gateway::event::Event;
use gateway::gateway::{Gateway, Gone, Invocation, ResponseBody};
use gateway::settings::{
    Auth, Platform, RoleSessions, Settings, TokenRules, TraceLevel, agents::AgentsSettings,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::json::{any_change, any_json, changed};

#[derive(Debug)]
struct SaysYes;

impl Agent for SaysYes {
    fn ask(&self, _: Ask) -> Events {
        let yes = Event::Chunk {
            agent: "a".to_owned(),
            content: "yes".to_owned(),
        };
        stream::iter([Ok(yes)]).boxed()
    }
}

struct Collected(Vec<u8>);

impl ResponseBody for Collected {
    fn has_room(&self) -> bool {
        true
    }

    async fn room(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    fn put(&mut self, piece: Bytes) {
        self.0.extend_from_slice(&piece);
    }
}

/// One gateway for all cases, as one process gets all requests.
pub(crate) struct Fixture {
    runtime: Runtime,
    gateway: Gateway,
}

impl Fixture {
    fn new(authorizer: Authorizer) -> Self {
        let settings = json!({"type": "bedrock-agent", "agentId": "A", "agentAliasId": "B"});
        Self::with(authorizer, &settings, Box::new(SaysYes))
    }

    /// A gateway to `agent`, which has the name `a` and says "yes"; `settings` are the agent's.
    pub(crate) fn with(authorizer: Authorizer, settings: &Value, agent: Box<dyn Agent>) -> Self {
        let agents = json!({"default": "a", "agents": {"a": settings}}).to_string();
        let gateway = Gateway {
            settings: Settings {
                agents: AgentsSettings::from_json(&agents).unwrap(),
                auth: Auth::None,
                pass_caller: false,
                allowed_attributes: vec!["a".to_owned()],
                body_limit: 2 * 1024 * 1024,
                trace: TraceLevel::Full,
                keep_alive: Duration::from_secs(10),
                idle_timeout: Duration::from_secs(120),
            },
            authorizer,
            agents: BTreeMap::from([("a".to_owned(), agent)]),
            members: Arc::default(),
            clock: || SystemTime::UNIX_EPOCH,
            new_session_id: || Ok("made-up".to_owned()),
            jitter: Default::default,
            log: |_| {},
        };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            runtime: runtime.enable_time().build().unwrap(),
            gateway,
        }
    }

    /// The status of a well-formed answer.
    pub(crate) fn status(&self, event: impl Into<Bytes>) -> Result<u64, TestCaseError> {
        let invocation = Invocation {
            request_id: "r".to_owned(),
            deadline: SystemTime::UNIX_EPOCH + Duration::from_secs(600),
            x_ray_trace_id: None,
            event: event.into(),
        };
        let mut answer = Collected(Vec::new());
        self.runtime
            .block_on(self.gateway.answer(invocation, &mut answer));
        let text = String::from_utf8(answer.0).unwrap();
        let (prelude, body) = text.split_once("\0\0\0\0\0\0\0\0").unwrap();
        let prelude: Value = serde_json::from_str(prelude).unwrap();
        let status = prelude["statusCode"].as_u64().unwrap();
        let kind = prelude["headers"]["content-type"].as_str().unwrap();
        prop_assert!(status == 200 || (400..500).contains(&status), "{text}");
        match kind {
            "application/json" => {
                serde_json::from_str::<Value>(body).unwrap();
            }
            "text/plain; charset=utf-8" => prop_assert!(!body.is_empty()),
            _ => {
                prop_assert_eq!((status, kind), (200, "text/event-stream; charset=utf-8"));
                prop_assert!(body.contains("yes") && body.ends_with("\n\n"), "{body}");
            }
        }
        Ok(status)
    }
}

/// The event of a function URL: payload format 2.0, as AWS documents it.
pub(crate) fn event(path: &str, body: &Value, encoded: bool) -> Value {
    let text = body.to_string();
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "a=1&b=2",
        "cookies": ["c=1"],
        "headers": {
            "content-type": "application/json", "accept": "text/event-stream", "authorization": "Bearer x",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "v=1",
        },
        "queryStringParameters": {"a": "1", "b": "2"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "url", "authentication": null,
            "authorizer": {"iam": {"accessKey": "AKIA", "accountId": "111122223333", "callerId": "AIDA",
                "cognitoIdentity": null, "principalOrgId": null,
                "userArn": "arn:aws:iam::111122223333:user/example-user", "userId": "AIDAUSER"}},
            "domainName": "url.lambda-url.us-west-2.on.aws", "domainPrefix": "url",
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "1.2.3.4", "userAgent": "agent"},
            "requestId": "id", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_i64,
        },
        "body": if encoded { STANDARD.encode(&text) } else { text },
        "pathParameters": null, "isBase64Encoded": encoded, "stageVariables": null,
    })
}

/// The request of each kind of client.
pub(crate) fn asked() -> Vec<(&'static str, Value)> {
    let token = json!({"s": "s-1", "v": "v", "a": "a", "i": 0, "c": 1, "k": "approval", "d": "d", "n": "n"});
    let token = format!("ask_{}", URL_SAFE_NO_PAD.encode(token.to_string()));
    let answered = json!({"sessionId": "s-1", "agent": "a", "returnControl": {"invocationId": "v", "results": [
        {"id": token, "kind": "approval", "name": "n", "input": {"a": 1}, "approved": true},
    ]}});
    let approved = json!({"id": "s-1", "messages": [
        {"id": "1", "role": "user", "parts": [{"type": "text", "text": "一"}]},
        {"id": "2", "role": "assistant", "parts": [{"type": "step-start"}, {"type": "dynamic-tool", "toolName": "n", "toolCallId": "t",
            "state": "approval-responded", "input": {}, "approval": {"id": token, "approved": false, "reason": "x"}}]},
    ]});
    let messages = json!([
        {"id": "1", "role": "user", "content": "一", "parts": [{"type": "text", "text": "一"}]},
        {"id": "2", "role": "assistant", "content": "二", "parts": [{"type": "text", "text": "二", "providerMetadata": {"gateway": {"collaborator": false}}},
            {"type": "tool-close", "toolCallId": "rc_s_i_0", "state": "output-available", "input": {}, "output": "x"}],
            "tool_calls": [{"id": "rc_s_i_0", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"id": "3", "role": "user", "content": [{"type": "text", "text": "三"}], "parts": [{"type": "text", "text": "三"}]},
    ]);
    let native = json!({
        "question": "議題", "agent": "a", "sessionId": "s-1", "memoryId": "m", "endSession": false, "trace": "full",
        "sessionAttributes": {"a": "b"}, "promptSessionAttributes": {"a": "b"},
        "returnControl": {"invocationId": "i", "results": [
            {"functionResult": {"actionGroup": "g", "function": "f", "responseBody": {"TEXT": {"body": "x"}}}},
            {"apiResult": {"actionGroup": "g", "apiPath": "/", "httpMethod": "GET", "httpStatusCode": 200, "responseBody": {"application/json": {"body": "x"}}}},
        ]},
    });
    let run = json!({"threadId": "t", "runId": "r", "state": {}, "messages": messages, "tools": [], "context": [], "forwardedProps": {"agent": "a", "trace": "off"}});
    let mut resumed = run.clone();
    resumed["resume"] = json!([{"interruptId": "i", "status": "resolved", "payload": [{"functionResult": {"actionGroup": "g"}}]}]);
    let chat = json!({"id": "c", "trigger": "submit-message", "messages": messages, "agent": "a"});
    let completion = json!({"model": "a", "stream": true, "stream_options": {"include_usage": true}, "messages": messages, "metadata": {"session_id": "s"}});
    let mut all = vec![
        ("/", native),
        ("/", answered),
        ("/ai-sdk", approved),
        ("/ai-sdk", chat),
        ("/ag-ui", run),
        ("/ag-ui", resumed),
        ("/openai/v1/chat/completions", completion),
    ];
    all.extend(asked_with_files());
    all
}

/// The same with images and files.
fn asked_with_files() -> [(&'static str, Value); 4] {
    let url = "data:image/png;base64,AAEC";
    let turn = |parts: &Value| json!({"id": "1", "role": "user", "content": parts, "parts": parts});
    let chat = json!([{"type": "file", "mediaType": "image/png", "filename": "a.png", "url": url}]);
    let run = json!([
        {"type": "text", "text": "一"},
        {"type": "image", "source": {"type": "data", "value": "AAEC", "mimeType": "image/png"}, "metadata": {"filename": "a"}},
        {"type": "document", "source": {"type": "url", "value": url}},
        {"type": "binary", "mimeType": "image/png", "data": "AAEC", "filename": "a.png"},
    ]);
    let completion = json!([
        {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAEC"}},
    ]);
    [
        (
            "/",
            json!({"question": "q", "files": [{"name": "a", "mediaType": "a/b", "data": "AAEC", "useCase": "CHAT"}]}),
        ),
        (
            "/ai-sdk",
            json!({"id": "c", "messages": [turn(&chat), turn(&chat)]}),
        ),
        (
            "/ag-ui",
            json!({"threadId": "t", "runId": "r", "messages": [turn(&run)]}),
        ),
        (
            "/openai/v1/chat/completions",
            json!({"model": "a", "messages": [turn(&completion)]}),
        ),
    ]
}

const PATHS: [&str; 7] = [
    "/",
    "",
    "/ai-sdk",
    "/ag-ui",
    "/openai/v1/chat/completions",
    "/openai/v1/models",
    "/healthz",
];

fn any_path() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(&PATHS[..]).prop_map(ToOwned::to_owned), 1 => ".{0,20}"]
}

#[test]
fn the_events_that_are_changed_below_are_answered_as_they_are() {
    let fixture = Fixture::new(Authorizer::Iam(RoleSessions::Shared));
    for (path, body) in asked() {
        for encoded in [false, true] {
            let event = event(path, &body, encoded).to_string();
            assert_eq!(fixture.status(event).unwrap(), 200, "{path}");
        }
    }
}

#[test]
fn any_bytes_are_answered() {
    let fixture = Fixture::new(Authorizer::None);
    proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..200))| {
        prop_assert_eq!(fixture.status(bytes)?, 400);
    });
}

#[test]
fn any_json_is_answered() {
    let fixture = Fixture::new(Authorizer::None);
    proptest!(|(json in any_json())| {
        prop_assert_eq!(fixture.status(json.to_string())?, 400);
    });
}

#[test]
fn any_change_to_an_event_is_answered() {
    let fixtures = [Authorizer::None, Authorizer::Iam(RoleSessions::Shared)].map(Fixture::new);
    let asked = asked();
    proptest!(|(
        which in any::<prop::sample::Index>(),
        encoded in any::<bool>(),
        in_event in prop::option::of(any_change()),
        in_body in prop::option::of(any_change()),
    )| {
        let (path, body) = which.get(&asked).clone();
        let change = |tree, change: &Option<_>| match change {
            Some((index, change)) => changed(tree, *index, change),
            None => tree,
        };
        let event = change(event(path, &change(body, &in_body), encoded), &in_event);
        for fixture in &fixtures {
            fixture.status(event.to_string())?;
        }
    });
}

/// For tokens of an issuer that is out of reach, and that no test here asks for anything.
fn tokens_only() -> Authorizer {
    let environment = |name: &str| match name {
        "AWS_LAMBDA_RUNTIME_API" | "AWS_REGION" => Some("x".to_owned()),
        _ => None,
    };
    let roots = Roots::new(&Platform::from_source(environment).unwrap()).unwrap();
    let issuer = Issuer::new("http://127.0.0.1:9".to_owned(), &roots).unwrap();
    let rules = TokenRules {
        audience: vec!["client".to_owned()],
        ..TokenRules::default()
    };
    Authorizer::Jwt(Box::new(JwtVerifier::new(issuer, rules)))
}

#[test]
fn any_authorization_is_refused() {
    let fixture = Fixture::new(tokens_only());
    let (path, body) = asked()[0].clone();
    let any_header = prop_oneof![
        any::<String>(),
        "[Bb]earer {0,2}.{0,80}",
        "Bearer [A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,3}",
    ];
    proptest!(|(header in any_header)| {
        let mut event = event(path, &body, false);
        event["headers"]["authorization"] = Value::from(header);
        prop_assert_eq!(fixture.status(event.to_string())?, 401);
    });
}

#[test]
fn any_body_is_answered_however_it_is_encoded() {
    let fixture = Fixture::new(Authorizer::None);
    let any_body = prop_oneof![
        ".{0,80}".prop_map(Value::from),
        // Broken UTF-8 can come in base64 only.
        prop::collection::vec(any::<u8>(), 0..80)
            .prop_map(|bytes| Value::from(STANDARD.encode(bytes))),
        any_json().prop_map(|json| Value::from(json.to_string())),
        any_json().prop_map(|json| Value::from(STANDARD.encode(json.to_string()))),
        any_json(),
    ];
    proptest!(|(path in any_path(), body in any_body, flag in prop_oneof![any::<bool>().prop_map(Value::from), any_json()])| {
        let mut event = event(&path, &Value::Null, false);
        event["body"] = body;
        event["isBase64Encoded"] = flag;
        fixture.status(event.to_string())?;
    });
}
