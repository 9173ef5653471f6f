//! What counts as a failure of the agent, and what only speaks of an error.

use super::*;

#[test]
fn an_error_within_an_answer_is_data_and_only_a_report_of_failure_fails() {
    for data in [
        json!({"type": "tool_end", "error": "timeout, using the cache"}),
        json!({"progress": 0.5, "error": {}}),
    ] {
        assert_eq!(
            story(&[data.clone(), json!({"text": "a"})]),
            [
                format!("data {data}"),
                "unread: no known vocabulary".to_owned(),
                "MAGI: a".to_owned()
            ]
        );
    }
    for failure in [
        json!({"error": "SECRET", "error_type": "ValueError", "message": "An error occurred during streaming"}),
        json!({"error": "SECRET", "error_type": "it said: SECRET"}),
        json!({"error": "SECRET"}),
        json!({"status": "error", "error": "SECRET"}),
        json!({"error": true, "result": "賛成"}),
        json!({"force_stop": true, "force_stop_reason": "SECRET"}),
        json!({"type": "RUN_ERROR", "message": "SECRET"}),
        json!({"type": "multiagent_node_stream", "node_id": "CASPAR", "event": {"force_stop": true}}),
    ] {
        assert_eq!(
            story(&[json!("x"), failure.clone(), json!("late")]),
            ["MAGI: x", "failed: agent_failed"],
            "{failure}"
        );
    }
    let body = b"data: x\n\nevent: error\ndata: {\"error\": \"SECRET\"}\n\n";
    assert_eq!(
        story_of("text/event-stream", body),
        ["MAGI: x", "failed: agent_failed"]
    );
}

#[test]
fn the_words_of_an_error_stay_here() {
    let mut speech = Speech::new("application/json", "MAGI".to_owned());
    let body = br#"{"error": "SECRET", "error_type": "ValueError"}"#;
    speech.push(body, &mut VecDeque::new()).unwrap();
    let error = speech.end(&mut VecDeque::new()).unwrap_err();
    assert_eq!(
        error.cause.unwrap().to_string(),
        "the agent reported ValueError, as own tells it"
    );
}

#[test]
fn an_answer_that_says_that_there_was_no_error_is_an_answer() {
    for none in [
        json!(null),
        json!(false),
        json!(""),
        json!([]),
        json!(0),
        json!({}),
    ] {
        assert_eq!(
            story(&[json!({"error": none, "result": "賛成"})]),
            ["MAGI: 賛成"]
        );
    }
}
