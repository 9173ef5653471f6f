//! Answers that were recorded from real frameworks: `provisioner/tests/outside/function/recordings/`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::mixed::text_joined;
use super::*;
use crate::redact::redact;
use crate::settings::TraceLevel;

const RECORDINGS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../provisioner/tests/outside/function/recordings"
);

struct Recording {
    name: String,
    program: Value,
    body: Vec<u8>,
}

fn recordings() -> Vec<Recording> {
    let frameworks = std::fs::read_dir(RECORDINGS).unwrap();
    let mut recordings = Vec::new();
    for framework in frameworks {
        let framework: PathBuf = framework.unwrap().path();
        let Ok(manifest) = std::fs::read(framework.join("recordings.json")) else {
            continue;
        };
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        for (name, program) in manifest["recordings"].as_object().unwrap() {
            let body = std::fs::read(
                framework
                    .join("bodies")
                    .join(program["body"].as_str().unwrap()),
            )
            .unwrap();
            let framework = framework.file_name().unwrap().to_str().unwrap();
            let name = format!("{framework}/{name}");
            recordings.push(Recording {
                name,
                program: program.clone(),
                body,
            });
        }
    }
    recordings
}

fn joined(pieces: &Value) -> String {
    pieces
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn said(events: &[Event], by: &str) -> String {
    let words = events.iter().filter_map(|event| match event {
        Event::Chunk { agent, content } if agent == by => Some(content.as_str()),
        _ => None,
    });
    words.collect()
}

fn listed(list: &Value) -> impl Iterator<Item = Value> {
    list.as_array().cloned().unwrap_or_default().into_iter()
}

fn list(values: impl Iterator<Item = Value>) -> String {
    values.collect::<Value>().to_string()
}

/// An inquiry as the programs say it: without its id.
fn shown(inquiry: &Inquiry) -> Value {
    assert!(!inquiry.id.is_empty());
    let mut shown = json!({
        "kind": inquiry.kind, "name": inquiry.name, "input": inquiry.input, "message": inquiry.message,
        "schema": inquiry.schema, "toolCallId": inquiry.tool_call_id, "expiresAt": inquiry.expires_at,
    });
    shown
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    shown
}

/// What is wrong with the answer in these pieces.
fn faults(recording: &Recording, pieces: &[&[u8]]) -> Vec<String> {
    let program = &recording.program;
    let content_type = program["content_type"].as_str().unwrap_or_default();
    let (events, failure) = heard_as("SOLOMON", content_type, pieces);
    let mut faults = Vec::new();
    let mut expect = |what: &str, found: String, expected: String| {
        if found != expected {
            faults.push(format!(
                "{}: {what}: {found:?} instead of {expected:?}",
                recording.name
            ));
        }
    };
    expect("text", said(&events, "SOLOMON"), joined(&program["text"]));
    for (member, text) in program["members"].as_object().into_iter().flatten() {
        expect(member, said(&events, member), joined(text));
    }
    let strangers = events.iter().filter_map(|event| match event {
        Event::Chunk { agent, .. } if agent != "SOLOMON" && program["members"][agent].is_null() => {
            Some(agent.clone())
        }
        _ => None,
    });
    expect("strangers", strangers.collect(), String::new());
    let thought = events.iter().filter_map(|event| match event {
        Event::Reasoning { content, .. } => Some(content.as_str()),
        _ => None,
    });
    if program["reasoning"].is_array() {
        expect(
            "reasoning",
            thought.collect(),
            joined(&program["reasoning"]),
        );
    }
    let tools = events.iter().filter_map(|event| match event {
        Event::ToolCall(call) => Some(json!(call.name)),
        _ => None,
    });
    expect("tools", list(tools), list(listed(&program["tools"])));
    let asked = events.iter().flat_map(|event| match event {
        Event::AskBack(AskBack {
            asked: Asked::Inquiries(inquiries),
            ..
        }) => inquiries.iter().map(shown).collect(),
        _ => Vec::new(),
    });
    expect("asks", list(asked), list(listed(&program["asks"])));
    let end = failure.map_or("complete", Failure::code);
    // A connection that breaks is the business of those who read it.
    if program["breaks_off"] != true {
        expect(
            "end",
            end.to_owned(),
            program["end"].as_str().unwrap_or("complete").to_owned(),
        );
    }
    let shown: Vec<_> = events
        .into_iter()
        .filter_map(|event| redact(event, TraceLevel::Summary))
        .collect();
    if format!("{shown:?}").contains("SECRET") {
        faults.push(format!("{}: a secret: {shown:?}", recording.name));
    }
    faults
}

/// Pieces as they came.
fn pieces<'a>(recording: &'a Recording, body: &'a [u8]) -> Vec<&'a [u8]> {
    let mut rest = body;
    let lengths = recording.program["pieces"].as_array().into_iter().flatten();
    let mut pieces = Vec::new();
    for length in lengths {
        let length = usize::try_from(length.as_u64().unwrap()).unwrap();
        let (piece, after) = rest.split_at(length.min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

#[test]
fn every_recording_says_what_its_program_says() {
    assert!(Path::new(RECORDINGS).is_dir());
    let mut all = Vec::new();
    for recording in recordings()
        .iter()
        .filter(|recording| recording.program["status"] == 200)
    {
        let pieces = pieces(recording, &recording.body);
        all.extend(faults(recording, &pieces));
        let pause = &recording.program["at_pause"];
        if let Some(count) = pause["pieces"].as_u64() {
            let mut speech = Speech::new(
                recording.program["content_type"]
                    .as_str()
                    .unwrap_or_default(),
                "SOLOMON".to_owned(),
            );
            let mut events = VecDeque::new();
            for piece in pieces.iter().take(usize::try_from(count).unwrap()) {
                let _ = speech.push(piece, &mut events);
            }
            let so_far = said(events.make_contiguous(), "SOLOMON");
            if so_far != pause["text"].as_str().unwrap() {
                all.push(format!(
                    "{}: at the pause {so_far:?} instead of {}",
                    recording.name, pause["text"]
                ));
            }
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

#[test]
fn every_recording_is_the_same_byte_by_byte() {
    for recording in recordings() {
        let bytes: Vec<&[u8]> = recording.body.chunks(1).collect();
        let content_type = recording.program["content_type"]
            .as_str()
            .unwrap_or_default();
        assert_eq!(
            text_joined(heard(content_type, &bytes).0),
            text_joined(heard(content_type, &[&recording.body]).0),
            "{}",
            recording.name
        );
    }
}
