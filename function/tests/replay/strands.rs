//! Real answers of Strands Agents in Amazon's `bedrock-agentcore`, recorded by
//! `provisioner/tests/outside/function/strands_agent.py` into `tests/strands/`.

use gateway::agent::Failure;
use gateway::event::{Event, State, ToolCall, ToolResult};
use gateway::relay::Moment;

use crate::cut::{failure, is_end};
use crate::replayed::{End, Replayed, Upstream};

const SSE: Upstream = Upstream::Runtime("text/event-stream; charset=utf-8");
const JSON: Upstream = Upstream::Runtime("application/json");

const RAW: &[u8] = include_bytes!("../strands/raw.sse");
const TEXTS: &[u8] = include_bytes!("../strands/texts.sse");
const MODEL_EVENTS: &[u8] = include_bytes!("../strands/model_events.sse");
const DATA_EVENTS: &[u8] = include_bytes!("../strands/data_events.sse");
const TOOLS: &[u8] = include_bytes!("../strands/tools.sse");
const GRAPH: &[u8] = include_bytes!("../strands/graph.sse");
const BREAKS: &[u8] = include_bytes!("../strands/breaks.sse");
const WHOLE: &[u8] = include_bytes!("../strands/whole.json");
const TEXT: &[u8] = include_bytes!("../strands/text.json");

const VERDICT: &str = "賛成二、反対一。試す価値があります。";
const SAGES: [(&str, &str); 3] = [
    ("CASPAR", "生産性は落ちません。"),
    ("BALTHASAR", "休める人と休めない人が生まれます。"),
    ("MELCHIOR", "三十年後には当たり前でしょう。"),
];

async fn told(upstream: Upstream, body: &[u8]) -> Vec<Moment> {
    Replayed::new(upstream).told(&[body], End::Clean).await
}

fn events(told: &[Moment]) -> impl Iterator<Item = &Event> {
    told.iter().filter_map(|moment| match moment {
        Moment::Event { event, .. } => Some(event),
        _ => None,
    })
}

/// The whole text of `agent`.
fn said(told: &[Moment], by: &str) -> String {
    events(told)
        .filter_map(|event| match event {
            Event::Chunk { agent, content } if agent == by => Some(content.as_str()),
            _ => None,
        })
        .collect()
}

fn usage(told: &[Moment]) -> (u64, u64) {
    let Some(Moment::Complete { totals, .. }) = told.last() else {
        return (0, 0);
    };
    (totals.usage.input_tokens, totals.usage.output_tokens)
}

#[tokio::test]
async fn whatever_the_entrypoint_passes_on_the_text_comes_once() {
    for (name, upstream, body) in [
        ("raw", SSE, RAW),
        ("texts", SSE, TEXTS),
        ("model_events", SSE, MODEL_EVENTS),
        ("data_events", SSE, DATA_EVENTS),
        ("whole", JSON, WHOLE),
        ("text", JSON, TEXT),
    ] {
        let told = told(upstream, body).await;
        assert_eq!(said(&told, "SOLOMON").trim_end(), VERDICT, "{name}");
        assert_eq!(failure(told.last().unwrap()), None, "{name}");
        assert!(
            events(&told).all(|event| !matches!(event, Event::Data { .. } | Event::Unknown)),
            "{name}: {told:?}"
        );
    }
}

#[tokio::test]
async fn thoughts_and_tokens_are_told_once_too() {
    let told = told(SSE, RAW).await;

    let thought: String = events(&told)
        .filter_map(|event| match event {
            Event::Reasoning { content, .. } => Some(content.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(thought, "票を数えよう。");
    assert_eq!(usage(&told), (10, 5));
}

#[tokio::test]
async fn a_tool_is_called_and_answers() {
    let told = told(SSE, TOOLS).await;

    let tools: Vec<_> = events(&told)
        .filter_map(|event| match event {
            Event::ToolCall(ToolCall {
                id, name, input, ..
            }) => Some(format!("{id} {name} {input}")),
            Event::ToolResult(ToolResult {
                id, output, failed, ..
            }) => Some(format!("{id} {output} {failed}")),
            _ => None,
        })
        .collect();
    assert_eq!(
        tools,
        [
            r#"tool-1 count_votes {"sages":3}"#,
            r#"tool-1 [{"text":"3 votes"}] false"#
        ]
    );
    assert_eq!(said(&told, "SOLOMON"), format!("数えます。{VERDICT}"));
    assert_eq!(usage(&told), (20, 10));
}

#[tokio::test]
async fn in_a_graph_each_node_speaks_for_itself_and_says_when_it_is_done() {
    let told = told(SSE, GRAPH).await;

    for (name, text) in SAGES.into_iter().chain([("SOLOMON", VERDICT)]) {
        assert_eq!(said(&told, name), text, "{name}");
        let states: Vec<State> = events(&told)
            .filter_map(|event| match event {
                Event::Status { agent, state } if agent == name => Some(*state),
                _ => None,
            })
            .collect();
        // An agent that speaks after the others is judging.
        let first = if name == "SOLOMON" {
            State::Judging
        } else {
            State::Thinking
        };
        assert_eq!(states, [first, State::Answering, State::Done], "{name}");
    }
    assert_eq!(usage(&told), (40, 20));
    assert_eq!(failure(told.last().unwrap()), None);
}

#[tokio::test]
async fn an_agent_that_raises_has_failed_and_its_words_stay_here() {
    let told = told(SSE, BREAKS).await;

    assert_eq!(failure(told.last().unwrap()), Some(Failure::AgentFailed));
    assert_eq!(said(&told, "SOLOMON"), VERDICT);
    assert!(!format!("{told:?}").contains("SECRET"), "{told:?}");
}

#[tokio::test]
async fn split_at_every_byte_a_runtimes_answer_is_the_same() {
    let agent = Replayed::new(SSE);
    for body in [TEXTS, MODEL_EVENTS] {
        let whole = agent.told(&[body], End::Clean).await;
        for at in 0..body.len() {
            let (left, right) = body.split_at(at);
            let told = agent.told(&[left, right], End::Clean).await;
            assert_eq!(told, whole, "split at {at}");
        }
    }
    for body in [RAW, TOOLS, GRAPH, BREAKS] {
        let whole = agent.told(&[body], End::Clean).await;
        let single: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(agent.told(&single, End::Clean).await, whole);
    }
}

#[tokio::test]
async fn cut_at_every_byte_a_runtimes_answer_ends_in_exactly_one_error() {
    for (upstream, body) in [(SSE, MODEL_EVENTS), (SSE, TEXTS), (JSON, WHOLE)] {
        let agent = Replayed::new(upstream);
        let whole = agent.told(&[body], End::Clean).await;
        for at in 0..body.len() {
            for end in [End::Clean, End::Broken] {
                let told = agent.told(&[&body[..at]], end).await;

                let (last, before) = told.split_last().unwrap();
                assert!(
                    is_end(last) && !before.iter().any(is_end),
                    "{end:?} at {at}"
                );
                if end == End::Clean && may_end(body, at) {
                    continue;
                }
                let same = before.iter().zip(&whole).filter(|(a, b)| a == b).count();
                assert_eq!(same, before.len(), "{end:?} at {at}: {before:?}");
                assert_eq!(
                    failure(last),
                    Some(Failure::ConnectionLost),
                    "{end:?} at {at}"
                );
            }
        }
    }
}

/// After a whole message, up to the first byte of the next one's JSON, a cut can't be seen.
fn may_end(body: &[u8], at: usize) -> bool {
    let message = body[..at].rsplit(|byte| *byte == b'\n').next().unwrap();
    let json = message
        .strip_prefix(b"data:")
        .unwrap_or(message)
        .trim_ascii();
    let is_json = serde_json::from_slice::<serde_json::Value>(json).is_ok();
    is_json || json.is_empty() || b"data:".starts_with(json)
}
