//! Every message in AWS's model of the service reaches the client; with `trace: full` nothing of it is
//! lost.
//!
//! `invoke_agent.json` comes from `provisioner/tests/outside/function/stream_messages.py`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::agent::Failure;
use gateway::event::{AskBack, Asked, Event};
use gateway::relay::{Moment, Totals};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::replayed::{End, Replayed, Upstream, frame};

const MODEL: &str = include_str!("invoke_agent.json");

#[derive(Deserialize)]
pub(crate) struct Message {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) payload: Value,
}

fn messages(kind: &str, name: &str) -> Vec<Value> {
    let all: Vec<Message> = serde_json::from_str(MODEL).unwrap();
    let payloads: Vec<_> = all
        .into_iter()
        .filter(|message| message.kind == kind && message.name == name)
        .map(|message| message.payload)
        .collect();
    assert!(!payloads.is_empty(), "the model has no {name}");
    payloads
}

/// The events of one message, and the sums at the end.
async fn told(agent: &Replayed, kind: &str, name: &str, payload: &Value) -> (Vec<Event>, Totals) {
    let bytes = frame(kind, name, payload);
    let mut events = Vec::new();
    let mut sums = None;
    for moment in agent.told(&[&bytes], End::Clean).await {
        match moment {
            Moment::Event { event, .. } => events.push(event),
            Moment::Complete { totals, .. } => sums = Some(totals),
            Moment::Failed {
                failure, totals, ..
            } => {
                // The message was understood, but is not an answer by itself.
                assert_eq!(failure, Failure::Empty, "{payload}");
                sums = Some(totals);
            }
            Moment::Start(_) => {}
        }
    }
    (events, sums.unwrap())
}

/// `{"orchestrationTrace": {"rationale": {…}}}` -> `{…}`.
fn innermost(trace: &Value) -> &Value {
    let (name, content) = trace.as_object().unwrap().iter().next().unwrap();
    let is_union = [
        "orchestrationTrace",
        "preProcessingTrace",
        "postProcessingTrace",
        "routingClassifierTrace",
    ];
    if is_union.contains(&name.as_str()) {
        content.as_object().unwrap().values().next().unwrap()
    } else {
        content
    }
}

#[tokio::test]
async fn every_trace_of_the_model_is_told_without_loss() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    for payload in messages("event", "trace") {
        let (events, totals) = told(&agent, "event", "trace", &payload).await;

        assert_eq!(totals.unknown, 0, "{payload}");
        let traces: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Trace { agent, trace } => Some((agent, trace)),
                _ => None,
            })
            .collect();
        let [(teller, trace)] = traces.as_slice() else {
            unreachable!("{traces:?}")
        };
        assert_eq!(Some(teller.as_str()), payload["collaboratorName"].as_str());
        let content = innermost(&payload["trace"]);
        assert_eq!(
            trace.detail.as_ref(),
            Some(content),
            "{} is not told as it came",
            trace.step
        );
        if let Some(metadata) = content.get("metadata") {
            let tokens = &metadata["usage"]["inputTokens"];
            assert_eq!(json!(totals.usage.input_tokens), *tokens, "{}", trace.step);
            assert!(trace.duration_ms.is_some(), "{}", trace.step);
        }
    }
}

#[tokio::test]
async fn a_chunk_of_the_model_has_words_and_sources() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    for payload in messages("event", "chunk") {
        let (events, totals) = told(&agent, "event", "chunk", &payload).await;

        assert_eq!((totals.unknown, totals.chunks), (0, 1));
        let cited = &payload["attribution"]["citations"][0];
        let citation = events.iter().find_map(|event| match event {
            Event::Citation { citation, .. } => Some(citation),
            _ => None,
        });
        let citation = citation.unwrap();
        let part = &cited["generatedResponsePart"]["textResponsePart"];
        assert_eq!(citation.text.as_deref(), part["text"].as_str());
        assert_eq!(
            citation.span,
            Some((
                part["span"]["start"].as_i64().unwrap(),
                part["span"]["end"].as_i64().unwrap(),
            ))
        );
        let references = cited["retrievedReferences"].as_array().unwrap();
        assert_eq!(citation.sources.len(), references.len());
        for (source, reference) in citation.sources.iter().zip(references) {
            assert_eq!(
                source.title.as_deref(),
                reference["metadata"]["title"].as_str()
            );
            assert_eq!(
                source.excerpt.as_deref(),
                reference["content"]["text"].as_str()
            );
        }
    }
}

#[tokio::test]
async fn every_kind_of_place_in_the_model_is_a_source() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    let chunk = messages("event", "chunk").remove(0);
    let reference = &chunk["attribution"]["citations"][0]["retrievedReferences"][0];
    let places = reference["location"].as_object().unwrap();
    let mut seen = 0;
    for (kind, place) in places.iter().filter(|(name, _)| *name != "type") {
        let location = json!({"type": "OTHER", kind: place});
        let citation = json!({"retrievedReferences": [{"location": location}]});
        let payload = json!({"bytes": "eA==", "attribution": {"citations": [citation]}});
        let (events, _) = told(&agent, "event", "chunk", &payload).await;

        let told = events.iter().find_map(|event| match event {
            Event::Citation { citation, .. } => citation.sources[0].location.clone(),
            _ => None,
        });
        let expected = place.as_object().unwrap().values().next().unwrap();
        assert_eq!(told.as_deref(), expected.as_str(), "{kind}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[tokio::test]
async fn files_and_returned_control_of_the_model_come_whole() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    for payload in messages("event", "files") {
        let (events, totals) = told(&agent, "event", "files", &payload).await;
        let files: Vec<Value> = events
            .iter()
            .filter_map(|event| match event {
                Event::File { file, .. } => Some(json!({
                    "name": file.name, "type": file.media_type, "bytes": STANDARD.encode(&file.bytes),
                })),
                _ => None,
            })
            .collect();
        assert_eq!(json!(files), payload["files"]);
        assert_eq!(totals.unknown, 0);
    }
    for payload in messages("event", "returnControl") {
        let (events, totals) = told(&agent, "event", "returnControl", &payload).await;
        let asked = events.iter().find_map(|event| match event {
            Event::AskBack(AskBack {
                asked:
                    Asked::ReturnControl {
                        invocation_id,
                        inputs,
                    },
                ..
            }) => Some(json!({"invocationId": invocation_id, "invocationInputs": inputs})),
            _ => None,
        });
        assert_eq!(asked, Some(payload));
        assert_eq!(totals.unknown, 0);
    }
}

#[tokio::test]
async fn every_exception_of_the_model_ends_the_stream_as_a_failure() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    let all: Vec<Message> = serde_json::from_str(MODEL).unwrap();
    for exception in all.iter().filter(|message| message.kind == "exception") {
        let bytes = frame("exception", &exception.name, &exception.payload);
        let told = agent.told(&[&bytes], End::Clean).await;

        // Start and end. The tests of the built binary check the code.
        assert_eq!(told.len(), 2, "{}", exception.name);
        assert!(matches!(told[1], Moment::Failed { .. }));
    }
}

#[tokio::test]
async fn what_the_model_does_not_know_yet_is_counted_and_passed_over() {
    let agent = Replayed::new(Upstream::BedrockAgent);
    let answer = frame("event", "chunk", &json!({"bytes": "eA=="}));
    let tomorrow = |payload: Value| frame("event", "trace", &payload);
    let bytes = [
        frame("event", "telepathy", &json!({"thought": {"depth": 1}})),
        tomorrow(json!({"trace": {"telepathyTrace": {"traceId": "t"}}})),
        tomorrow(json!({"trace": {"orchestrationTrace": {"telepathy": {"traceId": "t"}}}})),
        // New members and values of known messages do not make them unknown.
        tomorrow(
            json!({"mood": 1, "trace": {"guardrailTrace": {"action": "PONDERED", "mood": {}}}}),
        ),
        answer,
    ]
    .concat();

    let told = agent.told(&[&bytes], End::Clean).await;

    let Some(Moment::Complete { totals, .. }) = told.last() else {
        unreachable!("{told:?}")
    };
    assert_eq!((totals.unknown, totals.chunks), (3, 1));
    let is_guardrail = |moment: &&Moment| {
        matches!(moment, Moment::Event { event: Event::Trace { trace, .. }, .. }
            if trace.guardrail_action.as_deref() == Some("PONDERED"))
    };
    assert_eq!(told.iter().filter(is_guardrail).count(), 1);
}
