use std::time::Duration;

use aws_smithy_eventstream::frame::read_message_from;
use base64::Engine as _;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::*;
use crate::route::{Service, route};
use crate::scenario::Scenario;
use crate::scope::testing::scope;

/// One message: its kind (`chunk`, `throttlingException`, ...) and its payload.
type Message = (String, Value);

fn council() -> Agents {
    Agents::new(Scenario::parse(Scenario::COUNCIL).unwrap(), 0.0)
}

async fn ask(agents: &Agents, body: Value) -> Response<Body> {
    ask_at(agents, "MAGICOUNCL/agentAliases/LIVE", body)
        .await
        .unwrap()
}

async fn ask_at(agents: &Agents, agent: &str, body: Value) -> Result<Response<Body>, ApiError> {
    let request = Request::post(format!("/agents/{agent}/sessions/s-1/text"));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let call = route(Service::Bedrock, parts, Bytes::from(body.to_string()))?;
    handle(agents, &call, &scope()).await.unwrap()
}

fn messages(mut stream: Bytes) -> Vec<Message> {
    let mut messages = Vec::new();
    while !stream.is_empty() {
        let message = read_message_from(&mut stream).unwrap();
        let kind = message
            .headers()
            .iter()
            .find(|header| {
                header.name().as_str().ends_with("n-type")
                    || header.name().as_str() == ":event-type"
            })
            .unwrap();
        messages.push((
            kind.value().as_string().unwrap().as_str().to_owned(),
            serde_json::from_slice(message.payload()).unwrap(),
        ));
    }
    messages
}

async fn played(agents: &Agents, body: Value) -> Vec<Message> {
    let response = ask(agents, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    messages(response.into_body().collect().await.unwrap().to_bytes())
}

fn streaming(question: &str, trace: bool) -> Value {
    json!({
        "inputText": question,
        "enableTrace": trace,
        "streamingConfigurations": { "streamFinalResponse": true },
    })
}

fn bytes_of(messages: &[Message]) -> Vec<Vec<u8>> {
    messages
        .iter()
        .filter(|(kind, _)| kind == "chunk")
        .map(|(_, payload)| {
            let bytes = payload["bytes"].as_str().unwrap();
            base64::engine::general_purpose::STANDARD
                .decode(bytes)
                .unwrap()
        })
        .collect()
}

/// Who speaks, and what is said, for each trace that has it.
fn traced(messages: &[Message], pointer: &str) -> Vec<(String, Value)> {
    messages
        .iter()
        .filter(|(kind, _)| kind == "trace")
        .filter_map(|(_, part)| {
            let found = part.pointer(&format!("/trace/orchestrationTrace/{pointer}"))?;
            let speaker = part["collaboratorName"].as_str().unwrap_or("SOLOMON");
            Some((speaker.to_owned(), found.clone()))
        })
        .collect()
}

#[tokio::test]
async fn the_council_speaks_twice_each_and_solomon_judges() {
    let messages = played(&council(), streaming("公園を作るべきか", true)).await;

    let answers = traced(&messages, "observation/finalResponse/text");
    let mut speakers: Vec<_> = answers
        .iter()
        .map(|(speaker, _)| speaker.as_str())
        .collect();
    assert_eq!(speakers.pop(), Some("SOLOMON"));
    speakers.sort_unstable();
    assert_eq!(
        speakers,
        [
            "BALTHASAR",
            "BALTHASAR",
            "CASPAR",
            "CASPAR",
            "MELCHIOR",
            "MELCHIOR"
        ]
    );
    let observed = traced(&messages, "observation/agentCollaboratorInvocationOutput");
    assert_eq!(observed.len(), 6);
    assert!(observed.iter().all(|(speaker, _)| speaker == "SOLOMON"));
    assert_eq!(observed[0].1["output"]["text"], answers[0].1);

    let verdict = String::from_utf8(bytes_of(&messages).concat()).unwrap();
    assert_eq!(answers.last().unwrap().1, verdict.as_str());
    assert!((380..600).contains(&verdict.chars().count()));
    let tokens = traced(
        &messages,
        "modelInvocationOutput/metadata/usage/outputTokens",
    );
    assert!(tokens.iter().all(|(_, count)| count.as_u64() > Some(0)));
    let asked = traced(
        &messages,
        "invocationInput/agentCollaboratorInvocationInput/input/text",
    );
    assert!(asked[0].1.as_str().unwrap().contains("公園を作るべきか"));
}

#[tokio::test]
async fn without_traces_only_the_verdict_comes() {
    let messages = played(&council(), streaming("公園を作るべきか", false)).await;

    assert!(messages.len() > 50);
    assert!(messages.iter().all(|(kind, _)| kind == "chunk"));
}

#[tokio::test]
async fn without_streaming_the_answer_is_one_chunk() {
    let question = json!({ "inputText": "公園を作るべきか" });
    let whole = bytes_of(&played(&council(), question).await);
    let pieces = bytes_of(&played(&council(), streaming("公園を作るべきか", false)).await);

    assert_eq!(whole.len(), 1);
    assert_eq!(whole.concat(), pieces.concat());
    // Even then a chunk has its limit.
    let flood = bytes_of(&played(&council(), json!({ "inputText": "!flood" })).await);
    let lengths: Vec<_> = flood.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1_000_000, 1_000_000, 1_000_000, 900_000]);
}

#[tokio::test]
async fn an_exception_ends_the_stream() {
    for (question, exception) in [
        ("!throttled-midway", "throttlingException"),
        ("!denied", "accessDeniedException"),
    ] {
        let messages = played(&council(), streaming(question, false)).await;
        assert_eq!(messages.last().unwrap().0, exception);
        let chunks = bytes_of(&messages).len();
        assert_eq!(chunks > 0, question == "!throttled-midway");
        assert_eq!(messages.len(), chunks + 1);
    }
}

#[tokio::test]
async fn a_refusal_comes_instead_of_a_stream() {
    for (question, status, code) in [
        ("!throttled", 429, "ThrottlingException"),
        ("!not-found", 404, "ResourceNotFoundException"),
    ] {
        let response = ask(&council(), streaming(question, false)).await;
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["x-amzn-errortype"], code);
    }
}

#[tokio::test]
async fn a_broken_connection_is_no_end() {
    let response = ask(&council(), streaming("!closes", false)).await;
    let mut body = response.into_body();
    let mut chunks = 0;
    let broken = loop {
        match body.frame().await {
            Some(Ok(_)) => chunks += 1,
            end => break matches!(end, Some(Err(_))),
        }
    };
    assert!(broken && chunks > 0);
}

#[tokio::test]
async fn a_stall_lasts_until_the_client_leaves() {
    let response = ask(&council(), streaming("!stalls", false)).await;
    let mut body = response.into_body();
    assert!(body.frame().await.is_some());
    let silence = tokio::time::timeout(Duration::from_millis(50), body.frame());
    assert!(silence.await.is_err());
}

#[tokio::test]
async fn extremes_are_as_long_as_they_say() {
    let flood = bytes_of(&played(&council(), streaming("!flood", false)).await);
    assert_eq!(flood.len(), 100_000);
    assert!(flood.iter().all(|chunk| chunk.len() == 39));

    let megabyte = bytes_of(&played(&council(), streaming("!megabyte", false)).await);
    assert_eq!(
        megabyte.iter().map(Vec::len).collect::<Vec<_>>(),
        [1_000_000]
    );

    let split = bytes_of(&played(&council(), streaming("!split", false)).await);
    assert!(
        split
            .iter()
            .any(|chunk| std::str::from_utf8(chunk).is_err())
    );
    assert!(String::from_utf8(split.concat()).unwrap().contains("🜂"));

    let one = bytes_of(&played(&council(), streaming("!one-chunk", false)).await);
    assert_eq!(one.len(), 1);
}

#[tokio::test]
async fn the_end_of_a_session_needs_no_question() {
    let messages = played(&council(), json!({ "endSession": true })).await;
    let text = bytes_of(&messages).concat();
    assert!(text.starts_with(b"Session is terminated"));
}

#[tokio::test(start_paused = true)]
async fn speed_divides_the_waits() {
    let council = |speed| Agents::new(Scenario::parse(Scenario::COUNCIL).unwrap(), speed);
    let mut lasted = Vec::new();
    for speed in [1.0, 2.0] {
        let begun = tokio::time::Instant::now();
        played(&council(speed), streaming("公園を作るべきか", false)).await;
        lasted.push(begun.elapsed().as_secs_f64());
    }
    assert!((12.0..16.0).contains(&lasted[0]), "{lasted:?}");
    assert!((lasted[0] / lasted[1] - 2.0).abs() < 0.1, "{lasted:?}");
}

#[tokio::test]
async fn every_agent_has_a_test_alias_and_nobody_elses() {
    let question = || streaming("公園を作るべきか", true);
    for agent in ["MAGICOUNCL", "CASPAR0001", "BALTHASAR1", "MELCHIOR01"] {
        for (alias, version) in [("LIVE", "1"), ("TSTALIASID", "DRAFT")] {
            let path = format!("{agent}/agentAliases/{alias}");
            let response = ask_at(&council(), &path, question()).await.unwrap();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let messages = messages(body);
            let own = messages
                .iter()
                .filter(|(kind, part)| kind == "trace" && part["agentId"] == agent);
            let versions: Vec<_> = own
                .map(|(_, part)| (part["agentAliasId"].clone(), part["agentVersion"].clone()))
                .collect();
            assert!(!versions.is_empty());
            assert!(
                versions
                    .iter()
                    .all(|it| *it == (json!(alias), json!(version))),
                "{path}"
            );
        }
    }
    for path in [
        "OTHERAGENT/agentAliases/TSTALIASID",
        "MAGICOUNCL/agentAliases/TEST",
    ] {
        let error = ask_at(&council(), path, question()).await.unwrap_err();
        assert_eq!(error.code, "ResourceNotFoundException");
    }
}
