//! One answer with everything in it, and a dialect to write it in.

use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use gateway::agent::Failure;
use gateway::dialect::{Dialect, Kind};
use gateway::event::{
    AskBack, Asked, Citation, Event, File, Member, Source, State, ToolCall, ToolResult, Trace,
    Usage,
};
use gateway::refusal::Refusal;
use gateway::relay::{AgentUsage, Moment, Start, Totals};
use gateway::request::draft::Draft;
use serde_json::{Value, json};

fn at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_395_723)
}

/// Reads the body of a request.
pub(crate) fn read(kind: Kind, body: &Value) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    kind.read(&body.to_string())
}

/// The bytes that a client gets of `moments`.
pub(crate) fn encoded(dialect: &mut dyn Dialect, moments: &[Moment]) -> String {
    let mut out = BytesMut::new();
    for moment in moments {
        dialect.encode(moment, &mut out);
    }
    String::from_utf8(out.to_vec()).unwrap()
}

pub(crate) fn start() -> Moment {
    Moment::Start(Start {
        session_id: "s1".to_owned(),
        request_id: "r1".to_owned(),
        agent: "SOLOMON".to_owned(),
        at: at(),
    })
}

pub(crate) fn event(event: Event) -> Moment {
    Moment::Event {
        event,
        chunk_number: 1,
        at: at(),
    }
}

pub(crate) fn member(agent: &str, name: &str, role: Option<&str>) -> Moment {
    event(Event::Agent(Member {
        agent: agent.to_owned(),
        name: name.to_owned(),
        role: role.map(ToOwned::to_owned),
    }))
}

pub(crate) fn status(agent: &str, state: State) -> Moment {
    event(Event::Status {
        agent: agent.to_owned(),
        state,
    })
}

pub(crate) fn chunk(agent: &str, content: &str) -> Moment {
    event(Event::Chunk {
        agent: agent.to_owned(),
        content: content.to_owned(),
    })
}

pub(crate) fn reasoning(agent: &str, content: &str) -> Moment {
    event(Event::Reasoning {
        agent: agent.to_owned(),
        content: content.to_owned(),
    })
}

/// A sage is asked, thinks, uses a tool and answers; the judge gives the verdict.
pub(crate) fn council() -> Vec<Moment> {
    vec![
        start(),
        member("SOLOMON", "ソロモン", None),
        status("SOLOMON", State::Thinking),
        member("CASPAR", "カスパー", Some("sage")),
        status("CASPAR", State::Thinking),
        reasoning("CASPAR", "hm"),
        event(Event::ToolCall(ToolCall {
            agent: "CASPAR".to_owned(),
            id: "t1".to_owned(),
            name: "search".to_owned(),
            input: json!({"q": "park"}),
        })),
        event(Event::ToolResult(ToolResult {
            agent: "CASPAR".to_owned(),
            id: "t1".to_owned(),
            output: json!("3 found"),
            failed: false,
        })),
        status("CASPAR", State::Answering),
        chunk("CASPAR", "賛"),
        chunk("CASPAR", "成"),
        status("CASPAR", State::Done),
        status("SOLOMON", State::Answering),
        chunk("SOLOMON", "\"可\"\n"),
        status("SOLOMON", State::Done),
        complete(),
    ]
}

/// Rare events.
pub(crate) fn extras() -> Vec<Moment> {
    let agent = || "SOLOMON".to_owned();
    let source = |location: &str, title: Option<&str>| Source {
        location: Some(location.to_owned()),
        title: title.map(ToOwned::to_owned),
        excerpt: Some("trees".to_owned()),
    };
    vec![
        event(Event::Citation {
            agent: agent(),
            citation: Citation {
                text: Some("可".to_owned()),
                span: Some((0, 1)),
                sources: vec![
                    source("https://example.com/parks", Some("Parks")),
                    source("s3://bucket/parks.txt", None),
                ],
            },
        }),
        event(Event::File {
            agent: agent(),
            file: File {
                name: "plan.txt".to_owned(),
                media_type: "text/plain".to_owned(),
                bytes: "plan".into(),
            },
        }),
        event(Event::Trace {
            agent: agent(),
            trace: Trace {
                step: "orchestration.rationale",
                duration_ms: Some(5),
                ..Trace::default()
            },
        }),
        event(Event::Data {
            agent: agent(),
            data: json!({"score": 1}),
        }),
    ]
}

pub(crate) fn return_control() -> Moment {
    event(Event::AskBack(AskBack {
        agent: "SOLOMON".to_owned(),
        asked: Asked::ReturnControl {
            invocation_id: "inv-1".to_owned(),
            inputs: json!([{"functionInvocationInput": {"actionGroup": "parks", "function": "close"}}]),
        },
    }))
}

fn totals() -> Totals {
    let usage = |input_tokens, output_tokens| Usage {
        input_tokens,
        output_tokens,
    };
    let by = |agent: &str, usage| AgentUsage {
        agent: agent.to_owned(),
        usage,
    };
    Totals {
        elapsed: Duration::from_secs(5),
        chunks: 3,
        bytes: 13,
        usage: usage(7, 8),
        by_agent: vec![by("CASPAR", usage(3, 4)), by("SOLOMON", usage(4, 4))],
        ..Totals::default()
    }
}

pub(crate) fn complete() -> Moment {
    Moment::Complete {
        session_id: "s1".to_owned(),
        agent_id: "MAGICOUNCL".to_owned(),
        totals: totals(),
        at: at(),
    }
}

pub(crate) fn failed(failure: Failure) -> Moment {
    Moment::Failed {
        failure,
        totals: totals(),
        at: at(),
    }
}
