//! Messages of a program's own, whose deployment says where the words are.

use super::*;

/// The story of these messages, where `answer` is what the deployment says.
fn story_with(answer: &Value, messages: &[Value]) -> Vec<String> {
    let body: Vec<_> = messages
        .iter()
        .map(|message| format!("data: {message}\n\n"))
        .collect();
    story_of_body(answer, body.concat().as_bytes())
}

fn story_of_body(answer: &Value, body: &[u8]) -> Vec<String> {
    let answer = serde_json::from_value(answer.clone()).unwrap();
    let speech = Speech::new("text/event-stream", "MAGI".to_owned());
    let mut speech = speech.with_answer(Some(Arc::new(answer)));
    let mut events = VecDeque::new();
    let end = match speech.push(body, &mut events) {
        Ok(Progress::Ended) => Some("ended".to_owned()),
        Ok(Progress::GoesOn) => {
            let failed = speech.end(&mut events).err();
            failed.map(|error| format!("failed: {}", error.failure.code()))
        }
        Err(error) => Some(format!("failed: {}", error.failure.code())),
    };
    events.into_iter().map(line).chain(end).collect()
}

#[test]
fn text_is_where_the_deployment_says_piece_by_piece_and_blanks_included() {
    let answer = json!({"text": "/payload/say"});
    let pieces = ["It ", "is ", " ", "ha", "ha", "", "2026"];
    let messages: Vec<_> = pieces
        .iter()
        .map(|piece| json!({"id": "m", "type": "token", "payload": {"say": piece}}))
        .collect();
    let told = pieces.iter().filter(|piece| !piece.is_empty());
    let told: Vec<_> = told.map(|piece| format!("MAGI: {piece}")).collect();
    assert_eq!(story_with(&answer, &messages), told);
}

#[test]
fn a_whole_answer_at_a_pointer_of_its_own_is_told_once() {
    let answer = json!({"text": ["/d", "/final/0"]});
    let piece = |text: &str| json!({"d": text});
    for (messages, told) in [
        (
            vec![piece("a"), piece("a"), json!({"final": ["aa"]})],
            vec!["MAGI: a", "MAGI: a"],
        ),
        (
            vec![piece("Hi"), json!({"final": ["Hi"]})],
            vec!["MAGI: Hi"],
        ),
        (vec![json!({"final": ["Hi"]})], vec!["MAGI: Hi"]),
        (
            vec![piece("a"), json!({"final": ["b"]}), piece(" "), piece("c")],
            vec!["MAGI: a", "MAGI: b", "MAGI:  ", "MAGI: c"],
        ),
        // Both in one message, in the order of the setting.
        (
            vec![json!({"final": ["b"], "d": "a"})],
            vec!["MAGI: a", "MAGI: b"],
        ),
    ] {
        assert_eq!(story_with(&answer, &messages), told, "{messages:?}");
    }
}

#[test]
fn only_strings_are_text_and_what_no_pointer_names_is_data() {
    let answer = json!({"text": "/out", "reasoning": "/why", "ignore": ["/seq", "/meta/ts"]});
    for (message, told) in [
        (
            json!({"out": "a", "why": "b"}),
            vec!["MAGI thinks: b", "MAGI: a"],
        ),
        (
            json!({"out": "a", "sources": ["s"], "seq": 1, "meta": {"ts": 2}}),
            vec!["MAGI: a", r#"data {"sources":["s"]}"#],
        ),
        (
            json!({"out": {"n": 1}, "why": "b"}),
            vec!["MAGI thinks: b", r#"data {"out":{"n":1}}"#],
        ),
        (
            json!({"out": 42}),
            vec![r#"data {"out":42}"#, "unread: no known vocabulary"],
        ),
        (json!({"seq": 1}), vec![]),
        (
            json!({"seq": null, "text": "as today"}),
            vec!["MAGI: as today"],
        ),
        (
            json!({"event": {"contentBlockDelta": {"delta": {"text": "of Strands"}}}}),
            vec!["MAGI: of Strands"],
        ),
        (json!("a string"), vec!["MAGI: a string"]),
        // What its program has made a string of.
        (json!("{\"out\": \"a\"}"), vec!["MAGI: a"]),
        (json!("{'out': 'a'}"), vec!["MAGI: a"]),
    ] {
        assert_eq!(
            story_with(&answer, std::slice::from_ref(&message)),
            told,
            "{message}"
        );
    }
    assert_eq!(
        story_with(&json!({"text": "/1"}), &[json!(["tok", "a"])]),
        ["MAGI: a", r#"data ["tok",null]"#]
    );
}

#[test]
fn an_end_is_the_end_whatever_comes_after_it() {
    let answer = json!({"text": "/t", "end": "/done"});
    let after = json!({"t": "never"});
    for (last, told) in [
        (json!({"done": true}), vec!["MAGI: a", "ended"]),
        (
            json!({"t": "b", "done": 1, "usage": {"n": 1}}),
            vec!["MAGI: a", "MAGI: b", r#"data {"usage":{"n":1}}"#, "ended"],
        ),
        (json!({"done": {"why": "stop"}}), vec!["MAGI: a", "ended"]),
    ] {
        let messages = [json!({"t": "a", "done": false}), last, after.clone()];
        assert_eq!(story_with(&answer, &messages), told);
    }
    for no_end in [json!(null), json!(0), json!(""), json!([]), json!({})] {
        let messages = [json!({"t": "a", "done": no_end}), json!({"t": "b"})];
        assert_eq!(story_with(&answer, &messages), ["MAGI: a", "MAGI: b"]);
    }
}

#[test]
fn an_error_fails_the_answer_after_its_text_and_its_words_are_told_to_nobody() {
    let answer = json!({"text": "/t", "error": ["/err", "/fault/code"], "end": "/err"});
    for error in [
        json!({"err": "SECRET words", "t": "b", "detail": "SECRET"}),
        json!({"fault": {"code": 7, "text": "SECRET"}, "t": "b"}),
    ] {
        let story = story_with(&answer, &[json!({"t": "a", "err": ""}), error]);
        assert_eq!(story, ["MAGI: a", "MAGI: b", "failed: agent_failed"]);
    }
}

#[test]
fn an_event_that_is_called_error_is_never_said() {
    let told = story_of_body(
        &json!({"text": "/t"}),
        b"event: error\ndata: {\"t\": \"quota\"}\n\n",
    );
    assert_eq!(told, ["failed: agent_failed"]);
}
