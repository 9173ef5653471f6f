//! What each message was taken for, told to whoever asks.

use super::*;
use crate::event::Explanation;

fn explained(content_type: &str, body: &[u8]) -> Vec<String> {
    let speech = Speech::new(content_type, "MAGI".to_owned());
    let mut speech = speech.explained(Some(content_type));
    let mut events = VecDeque::new();
    let pushed = speech.push(body, &mut events);
    let _ = pushed.and_then(|_| speech.end(&mut events));
    events
        .into_iter()
        .map(|event| match event {
            Event::Explanation(Explanation {
                message,
                framing,
                framed_by,
                vocabulary,
                became,
                pointer,
                excerpt,
                ..
            }) => {
                let became = became.iter().map(|became| match became.reason {
                    Some(reason) => format!("{} ({reason})", became.what),
                    None => became.what.to_owned(),
                });
                let became: Vec<_> = became.collect();
                format!(
                    "{message} {framing}/{framed_by} {vocabulary}: {} {} {}",
                    became.join(", "),
                    pointer.unwrap_or_default(),
                    excerpt.unwrap_or_default().replace('\n', "|"),
                )
            }
            other => format!("  {}", line(other)),
        })
        .collect()
}

#[test]
fn each_message_is_explained_before_what_became_of_it() {
    let body = concat!(
        "event: token\ndata: {\"text\": \"a\"}\n\n",
        "data: {\"result\": \"a\"}\n\n",
        "data: {\"type\": \"progress\", \"text\": \"b\"}\n\n",
        "data: {\"payload\": {\"x\": \"words\"}, \"seq\": 1}\n\n",
        "event: ping\ndata: {}\n\n",
        "data: {\"error\": \"x\", \"error_type\": \"E\"}\n\n",
        "data: {\"text\": \"after\"}\n\n",
    );
    assert_told(
        &explained("text/event-stream", body.as_bytes()),
        &[
            r#"1 event stream/content type own: text  event: token|{"text": "a"}"#,
            "  MAGI: a",
            r#"2 event stream/content type own: text (left out: it is empty, or was told before)  {"result": "a"}"#,
            r#"3 event stream/content type unknown: data, unknown (a type, an event, a status or the like in it says that it is no answer) /text {"type": "progress", "text": "b"}"#,
            r#"  data {"text":"b","type":"progress"}"#,
            "  unread: no known vocabulary",
            r#"4 event stream/content type unknown: data, unknown (no member that is known to hold an answer has text) /payload/x {"payload": {"x": "words"}, "seq": 1}"#,
            r#"  data {"payload":{"x":"words"},"seq":1}"#,
            "  unread: no known vocabulary",
            "5 event stream/content type event: bookkeeping  event: ping|{}",
            r#"6 event stream/content type own: failure  {"error": "x", "error_type": "E"}"#,
        ],
    );
}

#[test]
fn the_framing_is_told_and_who_says_so() {
    assert_told(
        &explained("", b"{\"text\": \"a\"}\n{\"text\": \"b\"}\n"),
        &[
            r#"1 JSON lines/first bytes own: text  {"text": "a"}"#,
            "  MAGI: a",
            r#"2 JSON lines/first bytes own: text  {"text": "b"}"#,
            "  MAGI: b",
        ],
    );
    let long = format!("\"{}\"", "道".repeat(400));
    let told = explained("application/json", long.as_bytes());
    assert!(told[0].starts_with("1 one JSON value/content type string: text"));
    assert!(
        told[0].ends_with("道…") && told[0].chars().count() < 400,
        "{}",
        told[0]
    );
}

fn assert_told(told: &[String], expected: &[&str]) {
    assert_eq!(told, expected, "{told:#?}");
}
