use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn json_with_the_usual_faults_is_read() {
    for (written, value) in [
        (
            r#"{"a": NaN, "b": -Infinity, "c": Infinity}"#,
            json!({"a": null, "b": null, "c": null}),
        ),
        ("[1e999, -1e999, 1.5]", json!([null, null, 1.5])),
        (
            "{\"a\": \"tab\there\nand\"}",
            json!({"a": "tab\there\nand"}),
        ),
        ("\u{feff}{\"a\": 1}", json!({"a": 1})),
        (r#"{"a": "\ud83d\ude00"}"#, json!({"a": "😀"})),
        ("{\"a\":1,}", json!({"a": 1})),
    ] {
        assert_eq!(json(written), Some(value), "{written}");
    }
    let deep = format!("{}1{}", "[".repeat(140), "]".repeat(140));
    assert!(json(&deep).is_some());
}

#[test]
fn what_is_no_json_is_not_read() {
    let deep = "[".repeat(1_000_000);
    for written in [
        "",
        "{",
        "{可}",
        "\"可\" と",
        "{'a': 1}",
        "True",
        "{\"a\":1} b",
        &deep,
    ] {
        assert_eq!(json(written), None, "{written:.20}");
    }
}

#[test]
fn pythons_notation_is_read() {
    for (written, value) in [
        (
            "{'data': '賛成', 'n': None, 't': (1, True)}",
            json!({"data": "賛成", "n": null, "t": [1, true]}),
        ),
        (
            r#"{"it's": "it's", 'a': 'it\'s "so"'}"#,
            json!({"it's": "it's", "a": "it's \"so\""}),
        ),
        (
            r"{'a': 'a\\b\n\r\t\x1b\u3000\U000e0001'}",
            json!({"a": "a\\b\n\r\t\u{1b}\u{3000}\u{e0001}"}),
        ),
        (
            "{'bytes': b'\\x89PNG', 'id': UUID('x'), 'agent': <a.B object at 0x7f>}",
            json!({"bytes": "\u{89}PNG", "id": "x", "agent": null}),
        ),
        (
            "{'m': {1, 2}, 'd': datetime.datetime(2026, 1, 2)}",
            json!({"m": ["1", 2], "d": 2}),
        ),
        (
            "AIMessageChunk(content='It ', id='x')",
            json!({"type": "AIMessageChunk", "content": "It ", "id": "x"}),
        ),
    ] {
        let read = python(written);
        assert_eq!(read, Some(Lenient { value, whole: true }), "{written}");
    }
}

#[test]
fn of_what_cannot_be_read_to_its_end_there_is_the_beginning() {
    let read = python("{'data': 'x', 'deep': {'a': 1, 'agent': <unclosed, 'b': 2}").unwrap();
    assert!(!read.whole);
    assert_eq!(read.value["data"], "x");
    assert_eq!(read.value["deep"]["a"], 1);
}

proptest! {
    #[test]
    fn all_json_is_read_as_it_is(text in "\\PC{0,20}", number: i64, truth: bool) {
        let value = json!({"text": text, "list": [number, truth, null, {"a": text}]});
        prop_assert_eq!(json(&value.to_string()), Some(value.clone()));
        prop_assert_eq!(json(&serde_json::to_string_pretty(&value).unwrap()), Some(value));
    }

    #[test]
    fn nothing_makes_it_fail(text in "[\\[\\]{}()<>'\":,a1\\\\ubNI.=-]{0,40}") {
        let _ = (json(&text), python(&text));
    }
}
