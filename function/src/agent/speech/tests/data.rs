//! Which objects are events of an answer, and which are data that nobody is told.

use super::*;

#[test]
fn objects_of_a_programs_own_are_data_whatever_their_keys() {
    for own in [
        json!({"start": "09:00", "end": "10:00"}),
        json!({"complete": true}),
        json!({"delta": 0.5}),
        json!({"callback": {"url": "x"}}),
        json!({"structured_output": {"verdict": "yes"}}),
        json!({"result": {"verdict": "yes"}}),
        json!({"result": ["a"]}),
        json!({"result": 42}),
        json!({"score": 1}),
        json!([1]),
        json!(null),
    ] {
        let told = [
            format!("data {own}"),
            "unread: no known vocabulary".to_owned(),
        ];
        assert_eq!(story(std::slice::from_ref(&own)), told);
        assert_eq!(
            story_of("application/json", own.to_string().as_bytes()),
            told
        );
    }
}

#[test]
fn an_answer_in_one_piece_is_told_and_what_stands_beside_it_is_data() {
    for answer in [
        json!({"result": "賛成"}),
        json!({"response": "賛成", "session_id": "s"}),
        json!({"output": "賛成", "status": "success"}),
        json!({"result": {"role": "assistant", "content": [{"text": "賛成"}]}}),
        json!({"result": [{"type": "thinking", "thinking": ""}, {"type": "text", "text": "賛成"}]}),
        json!({"output": {"message": {"role": "assistant", "content": [{"text": "賛成"}]}}, "stopReason": "end_turn"}),
        json!("賛成"),
    ] {
        assert_eq!(
            story_of("application/json", answer.to_string().as_bytes()),
            ["MAGI: 賛成"],
            "{answer}"
        );
    }
    assert_eq!(
        story(&[json!({"answer": "賛成", "sources": ["a"]})]),
        ["MAGI: 賛成", r#"data {"sources":["a"]}"#]
    );
}

#[test]
fn events_that_a_program_has_made_strings_are_events() {
    let event = json!({"event": {"contentBlockDelta": {"delta": {"text": "A"}}}}).to_string();
    assert_eq!(story(&[json!(event)]), ["MAGI: A"]);
    assert_eq!(story(&[json!(format!("data: {event}\n\n"))]), ["MAGI: A"]);
    // An answer that is JSON is an answer.
    assert_eq!(
        story(&[json!("{\"verdict\": \"yes\"}")]),
        ["MAGI: {\"verdict\": \"yes\"}"]
    );
}

#[test]
fn pythons_notation_of_an_event_is_an_event_and_that_of_a_tools_result_is_never_said() {
    let data = "{'data': '賛成', 'delta': {'text': '賛成'}, 'agent': <strands.agent.agent.Agent object at 0x7f>, 'event_loop_cycle_id': UUID('d1')}";
    assert_eq!(story(&[json!(data)]), ["MAGI: 賛成"]);
    let result = "{'message': {'role': 'user', 'content': [{'toolResult': {'toolUseId': 't', 'status': 'success', 'content': [{'image': {'source': {'bytes': b'\\x89SECRET'}}}]}}]}}";
    let told = story(&[json!(result), json!("賛成")]);
    assert!(told[0].starts_with("result t "), "{told:?}");
    assert_eq!(told[1..], ["MAGI: 賛成"]);
    let chunk = "content='It ' additional_kwargs={} response_metadata={} id='run-1'";
    let tool =
        "content='SECRET' additional_kwargs={} response_metadata={} name='search' tool_call_id='t'";
    assert_eq!(
        story(&[json!(chunk), json!(tool)]),
        ["MAGI: It ", "result t \"SECRET\" false"]
    );
    let broken = "{'message': {'role': 'user', 'content': [{'toolResult': <<SECRET}";
    assert_eq!(story(&[json!(broken)]), ["unread: Python's notation"]);
    for said in [
        "",
        "賛成",
        "{",
        "{'",
        "'event_loop_cycle_id'",
        "f(x=1)",
        "Foo(x=1) is a call",
    ] {
        let told = story(&[json!(said)]);
        let expected: Vec<_> = Some(format!("MAGI: {said}"))
            .filter(|_| !said.is_empty())
            .into_iter()
            .collect();
        assert_eq!(told, expected);
    }
}

#[test]
fn words_that_begin_like_json_are_told_and_json_that_breaks_off_is_not() {
    for content_type in ["text/plain", "application/json", "text/event-stream", ""] {
        for (body, told) in [
            (
                "\"可\" と判断します。",
                &["MAGI: \"可\" と判断します。"][..],
            ),
            ("{可} と判断します。", &["MAGI: {可} と判断します。"]),
            ("\"可", &["failed: connection_lost"]),
            ("{\"result\": \"可\"", &["failed: connection_lost"]),
        ] {
            let begin = if content_type == "text/event-stream" {
                "data: "
            } else {
                ""
            };
            let body = format!("{begin}{body}");
            assert_eq!(
                story_of(content_type, body.as_bytes()),
                told,
                "{content_type} {body}"
            );
        }
    }
}
