//! The native dialect.

use std::time::{Duration, SystemTime};

use gateway::agent::Failure;
use gateway::dialect::Kind;
use gateway::event::{Event, State, Usage};
use gateway::relay::{Moment, Start, Totals};
use serde_json::json;

use crate::story;

fn at(ms: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_395_723_000 + ms)
}

fn encoded(moments: &[Moment]) -> String {
    let (_, mut dialect) = story::read(Kind::Magi, &json!({"question": "q"})).unwrap();
    story::encoded(dialect.as_mut(), moments)
}

#[test]
fn writes_the_documented_frames() {
    let totals = Totals {
        elapsed: Duration::from_secs(5),
        first_chunk: None,
        chunks: 1,
        bytes: 6,
        usage: Usage {
            input_tokens: 7,
            output_tokens: 8,
        },
        ..Totals::default()
    };

    let text = encoded(&[
        Moment::Start(Start {
            session_id: "s1".to_owned(),
            request_id: "r1".to_owned(),
            agent: "SOLOMON".to_owned(),
            at: at(0),
        }),
        Moment::Event {
            event: Event::Status {
                agent: "CASPAR".to_owned(),
                state: State::Thinking,
            },
            chunk_number: 0,
            at: at(1),
        },
        Moment::Event {
            event: Event::Chunk {
                agent: "CASPAR".to_owned(),
                content: "賛成".to_owned(),
            },
            chunk_number: 1,
            at: at(456),
        },
        Moment::Complete {
            session_id: "s1".to_owned(),
            agent_id: "MAGICOUNCL".to_owned(),
            totals: totals.clone(),
            at: at(5000),
        },
        Moment::Failed {
            failure: Failure::Throttled,
            totals,
            at: at(5000),
        },
    ]);

    assert_eq!(
        text,
        r#"id: 1
data: {"type":"start","sessionId":"s1","requestId":"r1","timestamp":"2026-11-23T01:02:03.000Z"}

id: 2
data: {"type":"status","agent":"CASPAR","state":"thinking","timestamp":"2026-11-23T01:02:03.001Z"}

id: 3
data: {"type":"chunk","content":"賛成","chunkNumber":1,"agent":"CASPAR","timestamp":"2026-11-23T01:02:03.456Z"}

id: 4
data: {"type":"complete","executionTime":5000,"chunkCount":1,"totalBytes":6,"sessionId":"s1","agentId":"MAGICOUNCL","usage":{"inputTokens":7,"outputTokens":8},"timestamp":"2026-11-23T01:02:08.000Z"}

id: 5
data: {"type":"error","error":"throttled","message":"the agent is receiving too many requests; wait a moment and ask again","retryable":true,"side":"aws","executionTime":5000,"chunkCount":1,"timestamp":"2026-11-23T01:02:08.000Z"}

"#
    );
}

#[test]
fn keeps_line_breaks_of_an_agent_inside_one_data_field() {
    let text = encoded(&[Moment::Event {
        event: Event::Chunk {
            agent: "a".to_owned(),
            content: "x\n\ndata: {\"type\":\"complete\"}\r\n\u{2028}".to_owned(),
        },
        chunk_number: 1,
        at: at(0),
    }]);

    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("data:"))
            .count(),
        1
    );
    assert!(!text.contains('\r'));
}
