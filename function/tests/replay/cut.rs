//! Split at every byte an answer stays the same; cut at every byte it ends in exactly one error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::agent::Failure;
use gateway::relay::Moment;
use serde_json::{Value, json};

use crate::replayed::{End, Replayed, Upstream, frame};

/// One message of each kind, among them characters that are cut in the middle.
fn frames(ends_in_exception: bool) -> Vec<Vec<u8>> {
    let trace = |trace: Value| frame("event", "trace", &json!({"agentId": "A", "trace": trace}));
    let chunk = |bytes: &[u8]| {
        let citation = json!({"retrievedReferences": [{"location": {
            "type": "WEB", "webLocation": {"url": "https://a"},
        }}]});
        let payload = json!({
            "bytes": STANDARD.encode(bytes), "attribution": {"citations": [citation]},
        });
        frame("event", "chunk", &payload)
    };
    // After the first chunk these are read here, and not by the SDK.
    let plain = |bytes: &[u8]| frame("event", "chunk", &json!({"bytes": STANDARD.encode(bytes)}));
    let answer = "賛成多".as_bytes();
    let mut frames = vec![
        trace(json!({"orchestrationTrace": {"rationale": {"traceId": "t", "text": "考"}}})),
        chunk(&answer[..4]),
        plain(&answer[4..5]),
        frame("event", "fromTheFuture", &json!({"a": 1})),
        frame(
            "event",
            "files",
            &json!({"files": [{"name": "a", "type": "b/c", "bytes": "AQID"}]}),
        ),
        plain(&answer[5..7]),
        plain(&answer[7..8]),
        chunk(&answer[8..]),
    ];
    frames.push(if ends_in_exception {
        frame("exception", "throttlingException", &json!({"message": "m"}))
    } else {
        let input = json!({"functionInvocationInput": {"actionGroup": "g"}});
        let payload = json!({"invocationId": "i", "invocationInputs": [input]});
        frame("event", "returnControl", &payload)
    });
    frames
}

pub(crate) fn is_end(moment: &Moment) -> bool {
    matches!(moment, Moment::Complete { .. } | Moment::Failed { .. })
}

pub(crate) fn failure(moment: &Moment) -> Option<Failure> {
    match moment {
        Moment::Failed { failure, .. } => Some(*failure),
        _ => None,
    }
}

#[tokio::test]
async fn split_at_every_byte_the_answer_is_the_same() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    for ends_in_exception in [false, true] {
        let bytes = frames(ends_in_exception).concat();
        let whole = agent.told(&[&bytes], End::Clean).await;
        assert_eq!(
            failure(whole.last().unwrap()),
            ends_in_exception.then_some(Failure::Throttled)
        );

        for at in 0..bytes.len() {
            let (left, right) = bytes.split_at(at);
            let told = agent.told(&[left, right], End::Clean).await;
            assert_eq!(told, whole, "split at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(agent.told(&single, End::Clean).await, whole);
    }
}

#[tokio::test]
async fn cut_at_every_byte_the_answer_ends_in_exactly_one_error() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    let frames = frames(false);
    let bytes = frames.concat();
    let whole = agent.told(&[&bytes], End::Clean).await;
    let mut boundaries = vec![0];
    for frame in &frames {
        boundaries.push(boundaries.last().unwrap() + frame.len());
    }

    for at in 0..=bytes.len() {
        for end in [End::Clean, End::Broken] {
            let told = agent.told(&[&bytes[..at]], end).await;

            let (last, before) = told.split_last().unwrap();
            assert!(
                is_end(last) && !before.iter().any(is_end),
                "{end:?} at {at}"
            );
            // Whole messages give the same moments as in the whole answer, but without those of its end.
            let same = before.iter().zip(&whole).filter(|(a, b)| a == b).count();
            if end == End::Clean && boundaries.contains(&at) {
                // Between two messages the cut can't be seen.
                continue;
            }
            assert_eq!(same, before.len(), "{end:?} at {at}");
            assert_eq!(
                failure(last),
                Some(Failure::ConnectionLost),
                "{end:?} at {at}"
            );
        }
    }
}

#[tokio::test]
async fn a_byte_that_is_not_what_it_was_ends_in_exactly_one_error() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    let mut bytes = frames(false).concat();
    for at in 0..bytes.len() {
        bytes[at] ^= 0x55;
        // A wrong length makes the stream end too early; any other wrong byte breaks a checksum.
        let told = agent.told(&[&bytes], End::Clean).await;
        let (last, before) = told.split_last().unwrap();
        assert!(failure(last).is_some(), "at {at}: {last:?}");
        assert!(!before.iter().any(is_end), "at {at}");
        bytes[at] ^= 0x55;
    }
}
