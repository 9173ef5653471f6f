//! Whatever an agent says, a client of any dialect that reads by the rules of the HTML standard reads
//! exactly that.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use gateway::agent::{AgentError, Failure};
use gateway::council::Council;
use gateway::dialect::Kind;
use gateway::event::{Citation, Event, ToolCall, ToolResult, Trace, Usage};
use gateway::relay::{Identity, Next, Relay, Terms, Timing};
use gateway::settings::TraceLevel;
use proptest::prelude::*;
use serde_json::{Value, json};

const CHAIR: &str = "SOLOMON";

/// The kinds of clients, each with a question in its protocol.
fn clients() -> [(Kind, Value); 4] {
    let part = json!({"type": "text", "text": "q"});
    [
        (Kind::Magi, json!({"question": "q"})),
        (
            Kind::AiSdk,
            json!({
                "id": "c", "trigger": "submit-message",
                "messages": [{"id": "m", "role": "user", "parts": [part]}],
            }),
        ),
        (
            Kind::AgUi,
            json!({
                "threadId": "t", "runId": "r", "state": {}, "tools": [], "context": [],
                "messages": [{"id": "m", "role": "user", "content": "q"}], "forwardedProps": {},
            }),
        ),
        (
            Kind::OpenAi,
            json!({
                "model": "magi", "stream": true,
                "messages": [{"role": "user", "content": "q"}],
            }),
        ),
    ]
}

/// The `data` of each event, by the [standard's algorithm].
///
/// [standard's algorithm]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
fn parsed(stream: &str) -> Vec<String> {
    let text = stream.strip_prefix('\u{feff}').unwrap_or(stream);
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    let mut data = String::new();
    for line in lines.split('\n') {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() && !data.is_empty() => {
                data.pop();
                events.push(std::mem::take(&mut data));
            }
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            // A comment, or an empty event.
            "" => {}
            other => assert!(["id", "event", "retry"].contains(&other), "{line:?}"),
        }
    }
    assert_eq!(data, "", "the stream ends inside an event");
    events
}

/// The text of the agent that was asked, in one event.
fn words(kind: Kind, event: &Value) -> &str {
    let (is_text, text) = match kind {
        Kind::Magi => (
            event["type"] == "chunk" && event["agent"] == CHAIR,
            &event["content"],
        ),
        Kind::AiSdk => (event["type"] == "text-delta", &event["delta"]),
        Kind::AgUi => (event["type"] == "TEXT_MESSAGE_CONTENT", &event["delta"]),
        Kind::OpenAi => (true, &event["choices"][0]["delta"]["content"]),
    };
    text.as_str().filter(|_| is_text).unwrap_or_default()
}

/// Whether an event ends the stream, and if so, whether as complete.
fn end(kind: Kind, event: &Value) -> Option<bool> {
    let (failed, complete) = match kind {
        Kind::Magi => (event["type"] == "error", event["type"] == "complete"),
        Kind::AiSdk => (event["type"] == "error", event["type"] == "finish"),
        Kind::AgUi => (
            event["type"] == "RUN_ERROR",
            event["type"] == "RUN_FINISHED",
        ),
        Kind::OpenAi => (
            event["error"].is_object(),
            event["choices"][0]["finish_reason"].is_string(),
        ),
    };
    match (failed, complete) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    }
}

fn chunk(content: String) -> Event {
    Event::Chunk {
        agent: CHAIR.to_owned(),
        content,
    }
}

/// Any events of an agent; a tool's call and result belong together.
fn told() -> impl Strategy<Value = Vec<Event>> {
    let text = || prop_oneof![any::<String>(), "[\\r\\n:\u{2028}\u{feff} \"\\\\<]{0,6}"];
    let agent = || CHAIR.to_owned();
    prop_oneof![
        6 => text().prop_map(|text| vec![chunk(text)]),
        1 => text().prop_map(move |content| vec![Event::Reasoning { agent: agent(), content }]),
        1 => (text(), any::<u32>()).prop_map(move |(text, id)| {
            let id = format!("t-{id}");
            vec![
                Event::ToolCall(ToolCall {
                    agent: agent(), id: id.clone(), name: "tool".to_owned(), input: json!({"a": text}),
                }),
                Event::ToolResult(ToolResult { agent: agent(), id, output: json!(text), failed: false }),
            ]
        }),
        1 => text().prop_map(move |text| {
            let citation = Citation { text: Some(text), ..Citation::default() };
            vec![Event::Citation { agent: agent(), citation }]
        }),
        1 => text().prop_map(move |text| {
            let trace = Trace { step: "step", detail: Some(json!(text)), ..Trace::default() };
            vec![Event::Trace { agent: agent(), trace }]
        }),
        1 => text().prop_map(move |text| vec![Event::Data { agent: agent(), data: json!(text) }]),
        1 => any::<u16>().prop_map(move |tokens| {
            let usage = Usage { input_tokens: tokens.into(), output_tokens: 1 };
            vec![Event::Usage { agent: agent(), usage }, Event::Unknown]
        }),
    ]
}

fn streamed(kind: Kind, body: &Value, events: Vec<Event>, failure: Option<Failure>) -> String {
    let (_, mut dialect) = kind.read(&body.to_string()).unwrap();
    let terms = Terms {
        identity: Identity {
            session_id: "s".to_owned(),
            request_id: "r".to_owned(),
            agent_id: "A".to_owned(),
        },
        timing: Timing {
            keep_alive: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(10),
            deadline: None,
        },
        council: Council::new(Arc::default(), CHAIR.to_owned()),
        trace: TraceLevel::Full,
        clock: || SystemTime::UNIX_EPOCH,
    };
    let items = events.into_iter().map(Ok);
    let failed = failure.map(|failure| Err(AgentError::from(failure)));
    let mut relay = Relay::new(stream::iter(items.chain(failed)).boxed(), terms);
    let mut out = BytesMut::new();
    // All events are ready, so nothing is waited for.
    while let Some(next) = relay.next().now_or_never().unwrap() {
        let Next::Moment(moment) = next else {
            continue;
        };
        dialect.encode(&moment, &mut out);
    }
    String::from_utf8(out.to_vec()).unwrap()
}

proptest! {
    #[test]
    fn a_client_reads_what_the_agent_said(
        told in proptest::collection::vec(told(), 0..12),
        fails in any::<bool>(),
    ) {
        let mut events: Vec<Event> = told.into_iter().flatten().collect();
        // An answer without any text would be a failure.
        events.push(chunk("。".to_owned()));
        let said: String = events
            .iter()
            .map(|event| match event {
                Event::Chunk { content, .. } => content.as_str(),
                _ => "",
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();

        for (kind, body) in clients() {
            let failure = fails.then_some(Failure::Throttled);
            let stream = streamed(kind, &body, events.clone(), failure);
            let data: Vec<Value> = parsed(&stream)
                .iter()
                .filter(|data| *data != "[DONE]")
                .map(|data| serde_json::from_str(data).unwrap())
                .collect();

            let read: String = data.iter().map(|event| words(kind, event)).collect();
            prop_assert_eq!(&read, &said, "{:?}", kind);
            let ends: Vec<_> = data.iter().filter_map(|event| end(kind, event)).collect();
            prop_assert_eq!(ends, [!fails], "{:?}: {}", kind, stream);
        }
    }
}
