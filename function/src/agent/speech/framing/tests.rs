use proptest::prelude::*;

use super::*;

/// One line a message.
fn read(content_type: &str, body: &[u8], cuts: &[usize]) -> Vec<String> {
    let mut messages = Vec::new();
    let mut parser = Body::new(content_type);
    let mut from = 0;
    for &cut in cuts.iter().chain([&body.len()]) {
        parser.push(&body[from..cut], &mut messages).unwrap();
        from = cut;
    }
    parser.end(&mut messages).unwrap();
    shown(messages)
}

/// Pieces of text in a row are one text: they come as the network brings them.
fn shown(messages: Vec<Message>) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for message in messages {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        match message {
            Message::Event { name, data } => {
                let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
                shown.push(format!("{name}{}", text(data)));
            }
            Message::Between(bytes) => shown.push(format!("between {:?}", text(bytes))),
            Message::Value(bytes) => shown.push(format!("value {}", text(bytes))),
            Message::Text(text) => match shown.last_mut() {
                Some(last) if last.starts_with("text ") => last.push_str(&text),
                _ => shown.push(format!("text {text}")),
            },
        }
    }
    shown
}

const EVENTS: &str = "\u{feff}: hello\r\n\r\ndata: \"賛成\"\n\ndata:{\"a\":\ndata: 1}\r\revent: x\nid: 5\ndata: end\n";

#[test]
fn events_lines_and_endings_are_read_as_the_standard_says() {
    assert_eq!(
        read("text/event-stream; charset=utf-8", EVENTS.as_bytes(), &[]),
        ["\"賛成\"", "{\"a\":\n1}", "x: end"]
    );
}

#[test]
fn what_stands_between_events_is_kept_for_programs_that_write_text_as_it_is() {
    let body = b"data: a\n\ndata: \n\n\n\ndata: b\nc\n\ndata: d\n\ne\n\n: comment\n\ndata: f\n\n";
    assert_eq!(
        read("text/event-stream", body, &[]),
        [
            "a",
            "",
            "between \"\\n\"",
            "between \"\\n\"",
            "b",
            "between \"\\nc\"",
            "d",
            "between \"\\n\\ne\"",
            "f"
        ]
    );
}

#[test]
fn the_first_bytes_tell_what_the_content_type_does_not() {
    for (body, found) in [
        (EVENTS, &["\"賛成\"", "{\"a\":\n1}", "x: end"][..]),
        ("data: x\n\n", &["x"]),
        (
            "{\"a\":1}\n{\"b\":2}",
            &["value {\"a\":1}", "value {\"b\":2}"],
        ),
        ("{\n\"a\": 1}\n", &["value {\n\"a\": 1}\n"]),
        ("[1]", &["value [1]"]),
        ("賛成\n反対", &["text 賛成\n反対"]),
        ("date: x", &["text date: x"]),
        ("da", &["text da"]),
        (" ", &["text  "]),
        ("", &[]),
    ] {
        for content_type in ["", "text/plain", "application/octet-stream"] {
            assert_eq!(read(content_type, body.as_bytes(), &[]), found, "{body:?}");
        }
    }
}

#[test]
fn json_is_one_value_or_one_each_line() {
    for content_type in ["application/json", "application/json; charset=utf-8"] {
        assert_eq!(
            read(content_type, b"{\"a\":\n1}\n", &[]),
            ["value {\"a\":\n1}\n"]
        );
        assert_eq!(
            read(content_type, b"{\"a\":1}\n{\"b\":2}\n", &[]),
            ["value {\"a\":1}", "value {\"b\":2}"]
        );
        assert!(read(content_type, b" \n", &[]).is_empty());
    }
    assert_eq!(
        read("application/x-ndjson", b"1\r\n\n\x1e2", &[]),
        ["value 1\r", "value 2"]
    );
}

#[test]
fn a_body_cut_at_any_two_bytes_is_the_same_body() {
    let text = "賛成 🌤\n";
    for (content_type, body) in [
        ("text/event-stream", EVENTS),
        ("", EVENTS),
        ("", text),
        ("", "{\"a\":1}\n{\"b\":2}\n"),
        ("application/jsonl", "{\"a\":1}\r\n\r\n{\"b\":2}"),
        ("text/event-stream", "data: a\nb\r\n\r\n\r\nc\n\n"),
    ] {
        let body = body.as_bytes();
        let whole = read(content_type, body, &[]);
        for one in 0..body.len() {
            for two in one..body.len() {
                assert_eq!(read(content_type, body, &[one, two]), whole, "{one} {two}");
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_nothing_around_them_is_lost() {
    for body in [&b"a\xffb"[..], b"a\xe3\x81"] {
        let read = read("text/plain", body, &[2]);
        assert!(read[0].starts_with("text a\u{fffd}"), "{read:?}");
    }
}

#[test]
fn a_message_that_never_ends_is_refused_before_it_fills_the_memory() {
    let piece = vec![b'x'; 1024 * 1024];
    for content_type in [
        "text/event-stream",
        "application/json",
        "application/x-ndjson",
    ] {
        let mut body = Body::new(content_type);
        let taken = (0..20).take_while(|_| body.push(&piece, &mut Vec::new()).is_ok());
        assert_eq!(taken.count(), 10, "{content_type}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_in_any_pieces(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), Just(b' '), Just(b'{'), any::<u8>()], 0..80),
        cuts in prop::collection::vec(0_usize..80, 0..4),
        content_type in prop::sample::select(&["text/event-stream", "", "application/jsonl", "application/json"][..]),
    ) {
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        prop_assert_eq!(read(content_type, &bytes, &cuts), read(content_type, &bytes, &[]));
    }
}
