use serde_json::json;

use super::*;
use crate::agent::Failure;
use crate::event::{ToolCall, ToolResult, Usage};

fn mapped(messages: &[Value]) -> Result<Vec<Event>, Failure> {
    let mut mapper = Mapper::new("MAGI".to_owned());
    let mut events = VecDeque::new();
    for message in messages {
        mapper
            .map(message.to_string().as_bytes(), &mut events)
            .map_err(|error| error.failure)?;
    }
    Ok(events.into())
}

/// One line an event.
fn story(messages: &[Value]) -> Vec<String> {
    let line = |event| match event {
        Event::Status { agent, state } => format!("{agent} {state:?}"),
        Event::Chunk { agent, content } => format!("{agent}: {content}"),
        Event::Reasoning { agent, content } => format!("{agent} thinks: {content}"),
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
        } => {
            format!("{agent} {input_tokens}/{output_tokens}")
        }
        other => format!("{other:?}"),
    };
    mapped(messages).unwrap().into_iter().map(line).collect()
}

fn delta(delta: &Value) -> Value {
    json!({"event": {"contentBlockDelta": {"delta": delta, "contentBlockIndex": 0}}})
}

#[test]
fn text_that_strands_tells_twice_is_told_once() {
    let messages = [
        json!({"init_event_loop": true}),
        json!({"start_event_loop": true}),
        json!({"event": {"messageStart": {"role": "assistant"}}}),
        delta(&json!({"text": "賛"})),
        json!({"data": "賛", "delta": {"text": "賛"}}),
        delta(&json!({"text": "成"})),
        json!({"data": "成", "delta": {"text": "成"}}),
        json!({"event": {"metadata": {"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}}}}),
        json!({"message": {"role": "assistant", "content": [{"text": "賛成"}]}}),
        json!({"result": "賛成"}),
    ];

    assert_eq!(
        story(&messages),
        [
            "MAGI Thinking",
            "MAGI Thinking",
            "MAGI: 賛",
            "MAGI: 成",
            "MAGI 3/4"
        ]
    );
    // An author may pass on one of the two kinds only.
    for one_kind in [[3, 5], [4, 6]] {
        let messages = one_kind.map(|index| messages[index].clone());
        assert_eq!(story(&messages), ["MAGI: 賛", "MAGI: 成"]);
    }
}

#[test]
fn a_message_that_was_not_streamed_is_told_whole() {
    let message =
        json!({"message": {"role": "assistant", "content": [{"text": "賛"}, {"text": "成"}]}});

    assert_eq!(
        story(&[message.clone(), message]),
        ["MAGI: 賛成", "MAGI: 賛成"]
    );
    assert!(story(&[json!({"message": {"role": "user", "content": [{"text": "q"}]}})]).is_empty());
}

#[test]
fn reasoning_and_tools_are_told_once_and_whole() {
    assert_eq!(
        story(&[
            delta(&json!({"reasoningContent": {"text": "hm"}})),
            json!({"reasoningText": "hm", "delta": {}}),
            json!({"type": "tool_use_stream", "delta": {}, "current_tool_use": {"name": "search"}}),
            json!({"message": {"role": "assistant", "content": [
                {"toolUse": {"toolUseId": "t1", "name": "search", "input": {"q": "x"}}}]}}),
            json!({"message": {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t1", "status": "error", "content": [{"text": "no"}]}}]}}),
        ]),
        [
            "MAGI thinks: hm",
            r#"call t1 search {"q":"x"}"#,
            r#"result t1 [{"text":"no"}] true"#,
        ]
    );
}

#[test]
fn each_node_of_a_graph_is_an_agent() {
    let inner = |node: &str, event: Value| json!({"type": "multiagent_node_stream", "node_id": node, "event": event});
    assert_eq!(
        story(&[
            json!({"type": "multiagent_node_start", "node_id": "CASPAR", "node_type": "agent"}),
            inner("CASPAR", delta(&json!({"text": "賛成"}))),
            inner("CASPAR", json!({"data": "賛成"})),
            inner("MELCHIOR", json!({"data": "反対"})),
            json!({"type": "multiagent_node_stop", "node_id": "CASPAR", "node_result": {}}),
            json!({"type": "multiagent_handoff", "from_node_ids": ["CASPAR"], "to_node_ids": ["SOLOMON"]}),
            inner("SOLOMON", json!({"data": "可決"})),
            json!({"type": "multiagent_result", "result": "…"}),
        ]),
        [
            "CASPAR Thinking",
            "CASPAR: 賛成",
            "MELCHIOR: 反対",
            "CASPAR Done",
            r#"handoff Some("SOLOMON")"#,
            "SOLOMON: 可決",
        ]
    );
}

#[test]
fn an_error_under_status_200_is_a_failure_and_its_words_stay_here() {
    for error in [
        json!({"error": "SECRET", "error_type": "ValueError", "message": "An error occurred during streaming"}),
        json!({"error": "SECRET", "error_type": "it said: SECRET"}),
        json!({"force_stop": true, "force_stop_reason": "SECRET"}),
        json!({"type": "multiagent_node_stream", "node_id": "CASPAR", "event": {"error": "SECRET"}}),
    ] {
        let mut mapper = Mapper::new("MAGI".to_owned());
        let failed = mapper
            .map(error.to_string().as_bytes(), &mut VecDeque::new())
            .unwrap_err();
        assert_eq!(failed.failure, Failure::AgentFailed);
        assert!(!failed.cause.unwrap().to_string().contains("SECRET"));
    }
}

#[test]
fn an_answer_that_says_that_there_was_no_error_is_an_answer() {
    for none in [json!(null), json!(false), json!(""), json!([]), json!(0)] {
        assert_eq!(
            story(&[json!({"error": none, "result": "賛成"})]),
            ["MAGI: 賛成"]
        );
        let answer = json!({"error": none, "x": 1});
        assert_eq!(
            story(std::slice::from_ref(&answer)),
            [format!("data {answer}")]
        );
    }
    for error in [json!(true), json!("x"), json!({})] {
        let answer = json!({"error": error, "result": "賛成"});
        assert_eq!(mapped(&[answer]), Err(Failure::AgentFailed), "{error}");
    }
}

#[test]
fn words_that_begin_like_json_and_nesting_without_end_are_text() {
    let deep = "[".repeat(1_000_000);
    for text in ["\"可\" と判断します。", "{可} と {否}", &deep] {
        let mut events = VecDeque::new();
        let mut mapper = Mapper::new("MAGI".to_owned());
        mapper.map(text.as_bytes(), &mut events).unwrap();
        let said = Event::Chunk {
            agent: "MAGI".to_owned(),
            content: text.to_owned(),
        };
        assert!(events == [said], "{text:.40}");
    }
}

#[test]
fn plain_answers_of_all_kinds_are_answers() {
    assert_eq!(story(&[json!("賛"), json!("成")]), ["MAGI: 賛", "MAGI: 成"]);
    for answer in [
        json!({"result": "賛成"}),
        json!({"response": "賛成"}),
        json!({"result": {"role": "assistant", "content": [{"text": "賛成"}]}}),
    ] {
        assert_eq!(story(&[answer]), ["MAGI: 賛成"]);
    }
    assert_eq!(story(&[json!({"score": 1})]), [r#"data {"score":1}"#]);
    assert_eq!(story(&[json!([1]), json!(null)]), ["data [1]", "data null"]);

    let mut events = VecDeque::new();
    let mut mapper = Mapper::new("MAGI".to_owned());
    for message in [&b"not JSON"[..], b"[DONE]", b"\xff"] {
        mapper.map(message, &mut events).unwrap();
    }
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[1], Event::Unknown);
}
