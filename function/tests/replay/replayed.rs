//! An agent whose answer is a given sequence of bytes, in given pieces.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_bedrockagentruntime::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use futures_util::stream;
use gateway::agent::agentcore_runtime::AgentcoreRuntime;
use gateway::agent::bedrock_agents::BedrockAgent;
use gateway::agent::harness::Harness;
use gateway::agent::{Agent, Ask, agentcore};
use gateway::council::Council;
use gateway::relay::{Identity, Moment, Next, Relay, Terms, Timing, Totals};
use gateway::settings::{Platform, TraceLevel};
use http_body_util::StreamBody;
use hyper::body::Frame;
use serde_json::Value;

/// How the body of the agent's answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Properly, by the rules of HTTP.
    Clean,
    /// The connection breaks.
    Broken,
}

/// The pieces of the next answer.
type Pieces = Arc<Mutex<(Vec<Bytes>, Option<End>)>>;

/// An agent and its next answer.
pub(crate) struct Replayed {
    agent: Box<dyn Agent>,
    next: Pieces,
}

/// The kind of agent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Upstream {
    BedrockAgent,
    /// An AgentCore runtime whose answers are of this content type.
    Runtime(&'static str),
    Harness,
}

#[derive(Debug)]
struct Connector {
    next: Pieces,
    content_type: &'static str,
}

const RUNTIME: &str = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/magi-AbC";
const HARNESS: &str = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/magi-AbC";

impl HttpConnector for Connector {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let (pieces, end) = std::mem::take(&mut *self.next.lock().unwrap());
        let frames = pieces.into_iter().map(|piece| Ok(Frame::data(piece)));
        let broken = (end == Some(End::Broken)).then(|| {
            let reason = "reset by the test";
            Err(std::io::Error::new(
                std::io::ErrorKind::ConnectionReset,
                reason,
            ))
        });
        let body = StreamBody::new(stream::iter(frames.chain(broken)));
        let mut response = HttpResponse::new(200.try_into().unwrap(), SdkBody::from_body_1_x(body));
        for (name, value) in [
            ("content-type", self.content_type),
            ("x-amzn-bedrock-agent-content-type", "application/json"),
            ("x-amz-bedrock-agent-session-id", "s-1"),
        ] {
            response.headers_mut().insert(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// What clients of AWS are made with that reach `connector` only.
pub(crate) fn reaching(connector: impl HttpConnector + 'static) -> (SdkConfig, Platform) {
    let connector = SharedHttpConnector::new(connector);
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(Region::from_static("ap-northeast-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .retry_config(RetryConfig::disabled())
        .build();
    let platform = Platform {
        runtime_api: "127.0.0.1:9".to_owned(),
        region: "ap-northeast-1".to_owned(),
        bedrock_endpoint_url: None,
        agentcore_endpoint_url: None,
        ca_bundle: None,
        max_concurrency: 1,
    };
    (config, platform)
}

impl Replayed {
    pub(crate) fn new(upstream: Upstream) -> Self {
        let next = Pieces::default();
        let connector = Connector {
            next: next.clone(),
            content_type: match upstream {
                Upstream::Runtime(content_type) => content_type,
                _ => "application/vnd.amazon.eventstream",
            },
        };
        let (config, platform) = reaching(connector);
        let agentcore = agentcore::client(&config, &platform);
        let agent: Box<dyn Agent> = match upstream {
            Upstream::BedrockAgent => {
                let agent = BedrockAgent::new(&config, &platform, "MAGICOUNCL", "LIVE", "SOLOMON");
                Box::new(agent)
            }
            Upstream::Runtime(_) => {
                Box::new(AgentcoreRuntime::new(agentcore, RUNTIME, None, "SOLOMON"))
            }
            Upstream::Harness => Box::new(Harness::new(agentcore, HARNESS, None, "SOLOMON")),
        };
        Self { agent, next }
    }

    /// All moments of an answer in these pieces, without durations.
    pub(crate) async fn told(&self, pieces: &[&[u8]], end: End) -> Vec<Moment> {
        let pieces = pieces
            .iter()
            .filter(|piece| !piece.is_empty())
            .map(|piece| Bytes::copy_from_slice(piece));
        *self.next.lock().unwrap() = (pieces.collect(), Some(end));
        let terms = Terms {
            identity: Identity {
                session_id: "s".to_owned(),
                request_id: "r".to_owned(),
                agent_id: "MAGICOUNCL".to_owned(),
            },
            timing: Timing {
                keep_alive: Duration::from_secs(3600),
                idle_timeout: Duration::from_secs(3600),
                deadline: None,
            },
            council: Council::new(Arc::default(), "SOLOMON".to_owned()),
            trace: TraceLevel::Full,
            clock: || SystemTime::UNIX_EPOCH,
        };
        let ask = Ask {
            question: "q".to_owned(),
            session_id: "s-1".to_owned(),
            trace: TraceLevel::Full,
            ..Ask::default()
        };
        let mut relay = Relay::new(self.agent.ask(ask), terms);
        let mut told = Vec::new();
        while let Some(next) = relay.next().await {
            let Next::Moment(moment) = next else {
                continue;
            };
            told.push(without_durations(moment));
        }
        told
    }
}

fn without_durations(mut moment: Moment) -> Moment {
    if let Moment::Complete { totals, .. } | Moment::Failed { totals, .. } = &mut moment {
        *totals = Totals {
            elapsed: Duration::ZERO,
            first_chunk: None,
            ..totals.clone()
        };
    }
    moment
}

/// One message of an event stream.
pub(crate) fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    frame_with(&headers(kind, name), payload.to_string().as_bytes())
}

/// The headers that AWS sends.
pub(crate) fn headers(kind: &str, name: &str) -> Vec<(String, HeaderValue)> {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    vec![
        (format!(":{kind}-type"), text(name)),
        (":content-type".to_owned(), text("application/json")),
        (":message-type".to_owned(), text(kind)),
    ]
}

pub(crate) fn frame_with(headers: &[(String, HeaderValue)], payload: &[u8]) -> Vec<u8> {
    let mut message = Message::new(Bytes::copy_from_slice(payload));
    for (name, value) in headers {
        message = message.add_header(Header::new(name.clone(), value.clone()));
    }
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}
