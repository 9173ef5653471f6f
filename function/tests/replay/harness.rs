//! A harness's answer: every message of AWS's model, split and cut at every byte.
//!
//! `invoke_harness.json` comes from `provisioner/tests/outside/function/stream_messages.py`.

use gateway::agent::Failure;
use gateway::relay::Moment;
use serde_json::json;

use crate::cut::{failure, is_end};
use crate::members::Message;
use crate::replayed::{End, Replayed, Upstream, frame};

/// A message with reasoning, a tool and text, then a second one.
fn frames() -> Vec<Vec<u8>> {
    let event = |name: &str, payload| frame("event", name, &payload);
    let delta = |index: u8, delta| {
        event(
            "contentBlockDelta",
            json!({"contentBlockIndex": index, "delta": delta}),
        )
    };
    vec![
        event("messageStart", json!({"role": "assistant"})),
        delta(0, json!({"reasoningContent": {"text": "考"}})),
        delta(1, json!({"text": "賛"})),
        event("fromTheFuture", json!({"a": 1})),
        event(
            "contentBlockStart",
            json!({"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t", "name": "n"}}}),
        ),
        delta(2, json!({"toolUse": {"input": "{\"a\":1}"}})),
        event("contentBlockStop", json!({"contentBlockIndex": 2})),
        event("messageStop", json!({"stopReason": "tool_use"})),
        event("messageStart", json!({"role": "assistant"})),
        delta(0, json!({"text": "成"})),
        event("messageStop", json!({"stopReason": "end_turn"})),
        event(
            "metadata",
            json!({"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}, "metrics": {"latencyMs": 5}}),
        ),
    ]
}

/// Between two messages, where a cut can't be seen.
const MAY_END: [usize; 3] = [8, 11, 12];

#[tokio::test]
async fn split_at_every_byte_a_harnesss_answer_is_the_same() {
    let agent = Replayed::new(Upstream::Harness);
    let bytes = frames().concat();
    let whole = agent.told(&[&bytes], End::Clean).await;
    assert!(
        matches!(whole.last(), Some(Moment::Complete { totals, .. }) if totals.chunks == 2 && totals.unknown == 1),
        "{whole:?}"
    );

    for at in 0..bytes.len() {
        let (left, right) = bytes.split_at(at);
        let told = agent.told(&[left, right], End::Clean).await;
        assert_eq!(told, whole, "split at {at}");
    }
}

#[tokio::test]
async fn cut_at_every_byte_a_harnesss_answer_ends_in_exactly_one_error() {
    let agent = Replayed::new(Upstream::Harness);
    let frames = frames();
    let bytes = frames.concat();
    let boundary = |count: usize| frames[..count].iter().map(Vec::len).sum::<usize>();

    for at in 1..bytes.len() {
        for end in [End::Clean, End::Broken] {
            let told = agent.told(&[&bytes[..at]], end).await;

            let (last, before) = told.split_last().unwrap();
            assert!(
                is_end(last) && !before.iter().any(is_end),
                "{end:?} at {at}"
            );
            let is_broken = end == End::Broken || !MAY_END.map(boundary).contains(&at);
            let expected = is_broken.then_some(Failure::ConnectionLost);
            assert_eq!(failure(last), expected, "{end:?} at {at}");
        }
    }
}

const MODEL: &str = include_str!("invoke_harness.json");

/// The number of messages that the function did not understand.
fn unknown(told: &[Moment]) -> u64 {
    match told.last() {
        Some(Moment::Complete { totals, .. } | Moment::Failed { totals, .. }) => totals.unknown,
        _ => u64::MAX,
    }
}

#[tokio::test]
async fn every_message_of_the_model_is_understood() {
    let agent = Replayed::new(Upstream::Harness);
    let all: Vec<Message> = serde_json::from_str(MODEL).unwrap();
    let blocks: Vec<Vec<u8>> = ["toolUse", "toolResult"]
        .into_iter()
        .enumerate()
        .map(|(index, kind)| {
            let start = json!({kind: {"toolUseId": "t", "name": "n"}});
            let payload = json!({"contentBlockIndex": index, "start": start});
            frame("event", "contentBlockStart", &payload)
        })
        .collect();
    for mut message in all {
        // A piece of a tool's call or result is only valid inside a block.
        if message.name == "contentBlockDelta" {
            let is_result = message.payload["delta"].get("toolResult").is_some();
            message.payload["contentBlockIndex"] = json!(u8::from(is_result));
        }
        let one = frame(&message.kind, &message.name, &message.payload);
        let bytes = [blocks.concat(), one].concat();
        let told = agent.told(&[&bytes], End::Clean).await;

        assert_eq!(unknown(&told), 0, "{} {}", message.name, message.payload);
        if message.kind == "exception" {
            assert!(failure(told.last().unwrap()).is_some(), "{}", message.name);
        }
    }
}
