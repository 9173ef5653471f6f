mod agents;
mod configured;
mod data;
mod explained;
mod failures;
mod interrupts;
mod mixed;
mod recordings;

use serde_json::{Value, json};

use super::*;
use crate::event::{AskBack, Asked, Inquiry, ToolCall, ToolResult, Usage};

/// The events of a body in these pieces, and its failure if it fails.
fn heard(content_type: &str, pieces: &[&[u8]]) -> (Vec<Event>, Option<Failure>) {
    heard_as("MAGI", content_type, pieces)
}

fn heard_as(name: &str, content_type: &str, pieces: &[&[u8]]) -> (Vec<Event>, Option<Failure>) {
    heard_by(Speech::new(content_type, name.to_owned()), pieces)
}

fn heard_by(mut speech: Speech, pieces: &[&[u8]]) -> (Vec<Event>, Option<Failure>) {
    let mut events = VecDeque::new();
    let pushed = pieces
        .iter()
        .try_for_each(|piece| speech.push(piece, &mut events).map(|_| ()));
    let ended = pushed.and_then(|()| speech.end(&mut events));
    (events.into(), ended.err().map(|error| error.failure))
}

/// One line an event; pieces of one agent's text in a row are one line each.
fn line(event: Event) -> String {
    match event {
        Event::Status { agent, state } => format!("{agent} {state:?}"),
        Event::Chunk { agent, content } => format!("{agent}: {content}"),
        Event::Reasoning { agent, content } => format!("{agent} thinks: {content}"),
        Event::CallBegins { id, name, .. } => format!("begins {id} {name}"),
        Event::CallInput { id, piece, .. } => format!("input {id} {piece}"),
        Event::AskBack(AskBack {
            asked: Asked::Inquiries(inquiries),
            ..
        }) => {
            let inquiries = inquiries.iter().map(|inquiry| {
                let Inquiry {
                    id,
                    kind,
                    name,
                    input,
                    message,
                    schema: _,
                    tool_call_id,
                    expires_at,
                    is_told_in_ag_ui: _,
                } = inquiry;
                let about = tool_call_id.iter().map(|id| format!(" about {id}"));
                let until = expires_at.iter().map(|time| format!(" until {time}"));
                let more: String = about.chain(until).collect();
                format!("{kind:?} {id} {name} {input} {message:?}{more}")
            });
            format!("asks {}", inquiries.collect::<Vec<_>>().join("; "))
        }
        Event::ToolCall(ToolCall {
            id, name, input, ..
        }) => format!("call {id} {name} {input}"),
        Event::ToolResult(ToolResult {
            id, output, failed, ..
        }) => format!("result {id} {output} {failed}"),
        Event::Data { data, .. } => format!("data {data}"),
        Event::Trace { trace, .. } => format!("{} {:?}", trace.step, trace.collaborator),
        Event::Usage {
            agent,
            usage:
                Usage {
                    input_tokens,
                    output_tokens,
                },
        } => format!("{agent} {input_tokens}/{output_tokens}"),
        Event::Unread(reason) => format!("unread: {reason}"),
        other => format!("{other:?}"),
    }
}

fn story_of(content_type: &str, body: &[u8]) -> Vec<String> {
    let (events, failure) = heard(content_type, &[body]);
    let end = failure.map(|failure| format!("failed: {}", failure.code()));
    events.into_iter().map(line).chain(end).collect()
}

/// The story of an event stream of JSON messages.
fn story(messages: &[Value]) -> Vec<String> {
    let body: Vec<_> = messages
        .iter()
        .map(|message| format!("data: {message}\n\n"))
        .collect();
    story_of("text/event-stream", body.concat().as_bytes())
}

/// The story of an event stream with exactly these messages.
fn raw_story(messages: &[&str]) -> Vec<String> {
    let body: Vec<_> = messages
        .iter()
        .map(|message| format!("data: {message}\n\n"))
        .collect();
    story_of("text/event-stream", body.concat().as_bytes())
}

#[test]
fn every_piece_of_a_text_is_told_in_order_whatever_it_is_called() {
    for key in [
        "text",
        "response",
        "output",
        "answer",
        "completion",
        "message",
        "result",
    ] {
        let pieces = ["It ", "is ", "sunny.", "\n", "is "];
        let messages: Vec<_> = pieces.iter().map(|piece| json!({key: piece})).collect();
        let told: Vec<_> = pieces
            .iter()
            .map(|piece| format!("MAGI: {piece}"))
            .collect();
        assert_eq!(story(&messages), told, "{key}");
    }
}

#[test]
fn a_text_and_the_result_after_it_are_both_told() {
    assert_eq!(
        story(&[json!("Searching…"), json!({"result": "42"})]),
        ["MAGI: Searching…", "MAGI: 42"]
    );
}

#[test]
fn a_status_is_no_answer() {
    let status = json!({"status": "x", "message": "Searching"});
    assert_eq!(
        story(&[status.clone(), json!({"text": "a"})]),
        [
            format!("data {status}"),
            "unread: no known vocabulary".to_owned(),
            "MAGI: a".to_owned()
        ]
    );
}

#[test]
fn text_that_is_no_json_is_told_exactly_as_it_was_sent() {
    let expected = ["It ", "is ", " ", "2026", "\n", "\n", "[1]", "true", "."]
        .map(|text| format!("MAGI: {text}"));
    assert_eq!(
        raw_story(&["It ", "is ", " ", "2026", "\n\n", "[1]", "true", "."]),
        expected
    );
    // As the standard asks: a `data` line for each line of the text.
    assert_eq!(
        raw_story(&["It ", "\ndata: \ndata: ", "a\ndata: b"])[1..],
        ["MAGI: \n\n", "MAGI: a\nb"]
    );
    assert_eq!(raw_story(&["x", "[DONE]"]), ["MAGI: x"]);
}

#[test]
fn a_second_way_to_speak_is_heard_as_well_as_the_first() {
    let model =
        json!({"event": {"contentBlockDelta": {"delta": {"text": "A"}, "contentBlockIndex": 0}}});
    assert_eq!(
        story(&[model.clone(), json!("\n\nSources: a, b")]),
        ["MAGI: A", "MAGI: \n\nSources: a, b"]
    );
    assert_eq!(
        story(&[json!("Searching"), model]),
        ["MAGI: Searching", "MAGI: A"]
    );
}

#[test]
fn pieces_and_then_the_whole_are_told_once() {
    assert_eq!(
        story(&[
            json!({"data": "賛"}),
            json!({"data": "成。"}),
            json!("賛成。")
        ]),
        ["MAGI: 賛", "MAGI: 成。"]
    );
    assert_eq!(
        story(&[json!("賛"), json!("成。"), json!({"result": "賛成。\n"})]),
        ["MAGI: 賛", "MAGI: 成。"]
    );
}

#[test]
fn a_result_that_repeats_a_single_word_is_told_once() {
    for key in ["result", "response", "output", "answer", "completion"] {
        assert_eq!(
            story(&[json!({"data": "可"}), json!({key: "可"})]),
            ["MAGI: 可"]
        );
        assert_eq!(
            story(&[json!({key: "可"}), json!({key: "可"}), json!({key: " "})]),
            ["MAGI: 可", "MAGI: 可", "MAGI:  "]
        );
    }
}

#[test]
fn what_cannot_be_read_strictly_is_read_leniently_or_counted_and_never_said() {
    for (message, told) in [
        (
            "{\"type\": \"tool_result\", \"id\": \"t\", \"score\": NaN, \"output\": 1e999}",
            &["result t null false"][..],
        ),
        ("{\"text\": \"a\tb\"}", &["MAGI: a\tb"]),
        ("\u{feff}{\"text\": \"a\"}", &["MAGI: a"]),
        (
            "{\"toolResult\": SECRET}",
            &["unread: JSON that cannot be read"],
        ),
        (
            "[{\"toolResult\": SECRET",
            &["unread: JSON that cannot be read"],
        ),
        ("{可} と {否}", &["MAGI: {可} と {否}"]),
        ("\"可\" と判断します。", &["MAGI: \"可\" と判断します。"]),
    ] {
        assert_eq!(raw_story(&[message]), told, "{message}");
    }
    let deep = "[".repeat(1_000_000);
    assert_eq!(raw_story(&[&deep]), [format!("MAGI: {deep}")]);
}

#[test]
fn halves_of_a_character_are_joined_across_messages() {
    assert_eq!(
        raw_story(&[r#""Hello \ud83d""#, r#""\ude00 world""#]),
        ["MAGI: Hello ", "MAGI: 😀 world"]
    );
    assert_eq!(
        raw_story(&[r#""a\ud83d""#, r#""b""#, r#""\ude00""#]),
        ["MAGI: a", "MAGI: \u{fffd}b", "MAGI: \u{fffd}"]
    );
    assert_eq!(
        raw_story(&[r#"{"text":"a\ud83d"}"#]),
        ["MAGI: a", "MAGI: \u{fffd}"]
    );
    assert_eq!(
        raw_story(&[r#"{"x":"\ud83d"}"#])[0],
        "data {\"x\":\"\u{fffd}\"}"
    );
}
