//! Frameworks: their own bookkeeping, repetitions, graphs and tools.

use super::*;

fn delta(delta: &Value) -> Value {
    json!({"event": {"contentBlockDelta": {"delta": delta, "contentBlockIndex": 0}}})
}

#[test]
fn text_that_strands_tells_four_times_is_told_once() {
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
fn a_message_that_was_not_streamed_is_told_whole_after_one_that_was() {
    let message =
        json!({"message": {"role": "assistant", "content": [{"text": "賛"}, {"text": "成"}]}});
    assert_eq!(
        story(&[message.clone(), message.clone()]).concat(),
        "MAGI: 賛MAGI: 成MAGI: 賛MAGI: 成"
    );
    let first = json!({"message": {"role": "assistant", "content": [{"text": "数えます。"}]}});
    assert_eq!(
        story(&[delta(&json!({"text": "数えます。"})), first, message]),
        ["MAGI: 数えます。", "MAGI: 賛", "MAGI: 成"]
    );
    assert!(story(&[json!({"message": {"role": "user", "content": [{"text": "q"}]}})]).is_empty());
}

#[test]
fn reasoning_and_tools_are_told_once_and_whole() {
    assert_eq!(
        story(&[
            delta(&json!({"reasoningContent": {"text": "hm"}})),
            json!({"reasoningText": "hm", "delta": {}, "reasoning": true}),
            json!({"event": {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t1", "name": "search"}}, "contentBlockIndex": 1}}}),
            json!({"event": {"contentBlockDelta": {"delta": {"toolUse": {"input": "{\"q\":"}}, "contentBlockIndex": 1}}}),
            json!({"type": "tool_use_stream", "delta": {}, "current_tool_use": {"name": "search"}}),
            json!({"event": {"contentBlockDelta": {"delta": {"toolUse": {"input": "\"x\"}"}}, "contentBlockIndex": 1}}}),
            json!({"event": {"contentBlockStop": {"contentBlockIndex": 1}}}),
            json!({"message": {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "search", "input": {"q": "x"}}}]}}),
            json!({"message": {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t1", "status": "error", "content": [{"text": "no"}]}}]}}),
        ]),
        [
            "MAGI thinks: hm",
            "begins t1 search",
            r#"input t1 {"q":"#,
            r#"input t1 "x"}"#,
            r#"call t1 search {"q":"x"}"#,
            r#"result t1 [{"text":"no"}] true"#
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
fn an_agent_that_is_used_as_a_tool_speaks_under_its_own_name() {
    let event = |data: Value| json!({"type": "tool_stream", "tool_stream_event": {"tool_use": {"name": "MELCHIOR", "toolUseId": "t"}, "data": data}});
    assert_eq!(
        story(&[
            event(json!({"data": "反対", "delta": {}})),
            event(json!("SECRET")),
            json!({"data": "可決"})
        ]),
        ["MELCHIOR: 反対", "MAGI: 可決"]
    );
}

#[test]
fn the_events_of_strands_for_typescript_tell_a_text_once() {
    let message = json!({"role": "assistant", "content": [{"text": "晴れ"}]});
    let model = |event: Value| json!({"type": "modelStreamUpdateEvent", "event": event});
    let messages = [
        json!({"type": "beforeInvocationEvent"}),
        json!({"type": "messageAddedEvent", "message": {"role": "user", "content": [{"text": "q"}]}}),
        json!({"type": "beforeModelCallEvent"}),
        model(json!({"type": "modelMessageStartEvent", "role": "assistant"})),
        model(json!({"type": "modelContentBlockStartEvent"})),
        model(
            json!({"type": "modelContentBlockDeltaEvent", "delta": {"type": "textDelta", "text": "晴"}}),
        ),
        model(
            json!({"type": "modelContentBlockDeltaEvent", "delta": {"type": "textDelta", "text": "れ"}}),
        ),
        model(json!({"type": "modelContentBlockStopEvent"})),
        json!({"type": "contentBlockEvent", "contentBlock": {"text": "晴れ"}}),
        model(json!({"type": "modelMessageStopEvent", "stopReason": "endTurn"})),
        model(
            json!({"type": "modelMetadataEvent", "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}),
        ),
        json!({"type": "modelMessageEvent", "message": message, "stopReason": "endTurn"}),
        json!({"type": "messageAddedEvent", "message": message}),
        json!({"type": "agentResultEvent", "result": {"type": "agentResult", "stopReason": "endTurn", "lastMessage": message}}),
    ];
    assert_eq!(
        story(&messages),
        ["MAGI Thinking", "MAGI: 晴", "MAGI: れ", "MAGI 1/2"]
    );
    // Whichever of them an author passes on.
    for only in [8, 11, 12, 13] {
        assert_eq!(
            story(&messages[only..=only]),
            ["MAGI: 晴れ"],
            "{}",
            messages[only]
        );
    }
}

#[test]
fn a_call_in_pieces_that_never_ends_is_told_at_the_end() {
    assert_eq!(
        story(&[
            json!({"type": "TOOL_CALL_START", "toolCallId": "t", "toolCallName": "search"}),
            json!({"type": "TOOL_CALL_ARGS", "toolCallId": "t", "delta": "{\"q\""}),
            json!({"type": "TOOL_CALL_ARGS", "toolCallId": "u", "delta": "{}"}),
        ]),
        [
            "begins t search",
            r#"input t {"q""#,
            "unread: the input of an unknown call",
            r#"call t search "{\"q\"""#
        ]
    );
}
