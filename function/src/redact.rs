//! What a client may see of an event: the one place that holds back texts other than the answer.

use serde_json::Value;

use crate::event::{Event, Explanation, ToolCall, ToolResult, Trace};
use crate::settings::TraceLevel;

/// Removes what `level` does not allow; `None` when nothing is left.
///
/// `Summary` leaves who does what, for how long and for how many tokens; reasoning, prompts and the
/// data of tools are for `Full` only.
pub fn redact(event: Event, level: TraceLevel) -> Option<Event> {
    if level == TraceLevel::Full {
        return Some(event);
    }
    match event {
        // Pieces of a tool's input; the call follows.
        Event::Reasoning { .. }
        | Event::CallBegins { .. }
        | Event::CallInput { .. }
        | Event::Foreign {
            is_internal: true, ..
        } => None,
        Event::Trace { .. } | Event::ToolCall(_) | Event::ToolResult(_) | Event::Explanation(_)
            if level == TraceLevel::Off =>
        {
            None
        }
        Event::Trace { agent, trace } => Some(Event::Trace {
            agent,
            trace: Trace {
                detail: None,
                ..trace
            },
        }),
        Event::Explanation(explanation) => Some(Event::Explanation(Explanation {
            excerpt: None,
            ..explanation
        })),
        Event::ToolCall(call) => Some(Event::ToolCall(ToolCall {
            input: Value::Null,
            ..call
        })),
        Event::ToolResult(result) => Some(Event::ToolResult(ToolResult {
            output: Value::Null,
            ..result
        })),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::{AskBack, Asked, Citation, File, Inquiry, InquiryKind, State};

    fn events() -> Vec<Event> {
        let agent = || "CASPAR".to_owned();
        vec![
            Event::Chunk {
                agent: agent(),
                content: "answer".to_owned(),
            },
            Event::Reasoning {
                agent: agent(),
                content: "secret".to_owned(),
            },
            Event::CallBegins {
                agent: agent(),
                id: "t1".to_owned(),
                name: "search".to_owned(),
            },
            Event::CallInput {
                agent: agent(),
                id: "t1".to_owned(),
                piece: r#"{"q":"secret"#.to_owned(),
            },
            Event::ToolCall(ToolCall {
                agent: agent(),
                id: "t1".to_owned(),
                name: "search".to_owned(),
                input: json!({"q": "secret"}),
            }),
            Event::ToolResult(ToolResult {
                agent: agent(),
                id: "t1".to_owned(),
                output: json!("secret"),
                failed: true,
            }),
            Event::Trace {
                agent: agent(),
                trace: Trace {
                    step: "orchestration",
                    detail: Some(json!({"prompt": "secret"})),
                    ..Trace::default()
                },
            },
            Event::Explanation(Explanation {
                message: 1,
                content_type: None,
                framing: "event stream",
                framed_by: "content type",
                bytes: 6,
                vocabulary: "string",
                became: Vec::new(),
                pointer: None,
                excerpt: Some("secret".to_owned()),
            }),
        ]
    }

    /// What clients get at every level.
    fn answer() -> Vec<Event> {
        let agent = || "CASPAR".to_owned();
        vec![
            Event::Citation {
                agent: agent(),
                citation: Citation::default(),
            },
            Event::File {
                agent: agent(),
                file: File {
                    name: "a".to_owned(),
                    media_type: "text/plain".to_owned(),
                    bytes: "x".into(),
                },
            },
            Event::AskBack(AskBack {
                agent: agent(),
                asked: Asked::ReturnControl {
                    invocation_id: "i".to_owned(),
                    inputs: json!([]),
                },
            }),
            // The client has to know what it is asked to do.
            Event::AskBack(AskBack {
                agent: agent(),
                asked: Asked::Inquiries(vec![Inquiry {
                    id: "t1".to_owned(),
                    kind: InquiryKind::Call,
                    name: "close".to_owned(),
                    input: json!({"park": "上野"}),
                    ..Inquiry::default()
                }]),
            }),
            Event::Data {
                agent: agent(),
                data: json!(1),
            },
            Event::Status {
                agent: agent(),
                state: State::Thinking,
            },
        ]
    }

    #[test]
    fn no_part_of_the_answer_is_ever_held_back() {
        for level in [TraceLevel::Off, TraceLevel::Summary, TraceLevel::Full] {
            for event in answer() {
                assert_eq!(redact(event.clone(), level), Some(event));
            }
        }
    }

    fn seen(level: TraceLevel) -> Vec<Event> {
        events()
            .into_iter()
            .filter_map(|event| redact(event, level))
            .collect()
    }

    #[test]
    fn full_tells_everything_summary_no_secret_and_off_only_the_answer() {
        assert_eq!(seen(TraceLevel::Full), events());

        let summary = seen(TraceLevel::Summary);
        assert_eq!(summary.len(), 5);
        assert!(!format!("{summary:?}").contains("secret"));
        assert!(format!("{summary:?}").contains("search"));

        assert_eq!(seen(TraceLevel::Off), events()[..1]);
    }
}
