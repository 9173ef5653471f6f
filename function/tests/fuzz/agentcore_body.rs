//! Whatever a runtime answers, in whatever pieces: the events are the same, there is an end, and memory
//! is bounded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use gateway::agent::agentcore_runtime::AgentcoreRuntime;
use gateway::agent::{Agent as _, Ask, Failure};
use gateway::event::Event;
use http_body_util::StreamBody;
use hyper::body::Frame;
use proptest::prelude::*;

use crate::json::any_json;
use crate::runtime::runtime;

type Next = Arc<Mutex<Option<(&'static str, SdkBody)>>>;

#[derive(Debug)]
struct Connector(Next);

impl HttpConnector for Connector {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let (content_type, body) = self.0.lock().unwrap().take().unwrap();
        let mut response = HttpResponse::new(200.try_into().unwrap(), body);
        response.headers_mut().insert("content-type", content_type);
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A runtime whose answers the test chooses.
struct Runtime {
    /// For the SDK's timers.
    tokio: tokio::runtime::Runtime,
    agent: AgentcoreRuntime,
    next: Next,
}

impl Runtime {
    fn new() -> Self {
        let next = Next::default();
        let mut tokio = tokio::runtime::Builder::new_current_thread();
        Self {
            tokio: tokio.enable_time().build().unwrap(),
            agent: runtime(Connector(next.clone())),
            next,
        }
    }

    /// The events of an answer in these pieces, and its failure if it fails.
    fn events(
        &self,
        content_type: &'static str,
        pieces: impl Iterator<Item = Bytes> + Send + Sync + 'static,
    ) -> (Vec<Event>, Option<Failure>) {
        let frames = pieces.map(|piece| Ok::<_, std::io::Error>(Frame::data(piece)));
        let body = SdkBody::from_body_1_x(StreamBody::new(stream::iter(frames)));
        *self.next.lock().unwrap() = Some((content_type, body));
        let ask = Ask {
            session_id: "0123456789abcdef0123456789abcdef0".to_owned(),
            ..Ask::default()
        };
        let _entered = self.tokio.enter();
        // All pieces are ready, so nothing is waited for.
        let told = self
            .agent
            .ask(ask)
            .collect::<Vec<_>>()
            .now_or_never()
            .unwrap();
        let (mut events, mut failure) = (Vec::new(), None);
        for item in told {
            assert!(failure.is_none(), "nothing comes after a failure");
            match item {
                Ok(event) => events.push(event),
                Err(error) => failure = Some(error.failure),
            }
        }
        (events, failure)
    }
}

/// Bytes like those of an answer, or any bytes.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => any_json().prop_map(|json| format!("data: {json}").into_bytes()),
        2 => strands().prop_map(|json| format!("data:{json}").into_bytes()),
        2 => python().prop_map(|text| format!("data: {}", serde_json::Value::from(text)).into_bytes()),
        1 => "(data|event|id|retry|)(: ?.{0,12})?".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..24),
    ];
    let end = prop::sample::select(&["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r", ""][..]);
    prop::collection::vec((line, end), 0..12).prop_map(|lines| {
        let lines = lines.into_iter();
        lines
            .flat_map(|(line, end)| [line, end.as_bytes().to_vec()])
            .flatten()
            .collect()
    })
}

/// Events of Strands in Python's notation, whole or cut off.
fn python() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[ -~\u{e0}-\u{ff}賛成\n]{0,6}",
        prop::sample::select(&PYTHON[..]).prop_map(ToOwned::to_owned),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| {
        let parts = parts.concat();
        format!("{{'{parts}event_loop_cycle_id': UUID('x')}}")
    })
}

const PYTHON: [&str; 16] = [
    "data': ",
    "'type': ",
    "'multiagent_node_stream', ",
    "'multiagent_node_stop', ",
    "'node_id': ",
    "'event': ",
    "{'",
    "'reasoningText': ",
    "\"",
    "'",
    "\\",
    "\\x",
    "\\u30",
    "\\U0001F600",
    "\\N{",
    "\\ud83d",
];

/// The names that the function knows.
const NAMES: [&str; 21] = [
    "event",
    "data",
    "type",
    "node_id",
    "message",
    "role",
    "content",
    "text",
    "toolUse",
    "toolResult",
    "reasoningText",
    "result",
    "error",
    "error_type",
    "force_stop",
    "contentBlockDelta",
    "delta",
    "metadata",
    "usage",
    "inputTokens",
    "to_node_ids",
];
const KINDS: [&str; 8] = [
    "multiagent_node_start",
    "multiagent_node_stream",
    "multiagent_node_stop",
    "multiagent_handoff",
    "multiagent_result",
    "assistant",
    "user",
    "tool_stream",
];

/// Messages with these names and any values.
fn strands() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any_json(),
        prop::sample::select(&KINDS[..]).prop_map(serde_json::Value::from)
    ];
    leaf.prop_recursive(5, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::btree_map(prop::sample::select(&NAMES[..]), inner.clone(), 0..4)
                .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
            prop::collection::vec(inner, 0..3).prop_map(serde_json::Value::from),
        ]
    })
}

#[test]
fn any_body_is_read_the_same_in_any_pieces() {
    let runtime = Runtime::new();
    proptest!(|(
        body in any_body(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        streamed in any::<bool>(),
    )| {
        let content_type = if streamed { "text/event-stream" } else { "application/json" };
        let body = Bytes::from(body);
        let whole = runtime.events(content_type, std::iter::once(body.clone()));
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|cut| body.slice(cut[0]..cut[1])).collect();
        prop_assert_eq!(runtime.events(content_type, pieces.into_iter()), whole.clone());
        let bytes: Vec<_> = body.chunks(1).map(Bytes::copy_from_slice).collect();
        prop_assert_eq!(runtime.events(content_type, bytes.into_iter()), whole);
    });
}

/// AgentCore itself allows a message 10 MB.
#[test]
fn a_message_without_an_end_is_given_up_before_it_fills_the_memory() {
    let runtime = Runtime::new();
    let megabyte = Bytes::from(vec![b'x'; 1024 * 1024]);
    let line = Bytes::from(format!("data: {}\n", "x".repeat(1024 * 1024)));
    for (content_type, piece) in [
        ("text/event-stream", megabyte.clone()),
        // Each line ends, but the event never does.
        ("text/event-stream", line),
        ("application/json", megabyte),
    ] {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = taken.clone();
        let endless = std::iter::repeat_n(piece, 1000).inspect(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let (events, failure) = runtime.events(content_type, endless);
        assert_eq!((events, failure), (Vec::new(), Some(Failure::AgentFailed)));
        let taken = taken.load(Ordering::SeqCst);
        assert!(taken <= 11, "{taken} MB were read");
    }
}
