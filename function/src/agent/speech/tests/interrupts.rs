//! What agents ask back.

use super::*;

const STRANDS: &str = r#"asks Question v1:x approve_votes {"why":"ok?"} None"#;

fn of_strands() -> Value {
    json!({"id": "v1:x", "name": "approve_votes", "reason": {"why": "ok?"}, "response": null})
}

#[test]
fn an_interrupt_of_strands_is_asked_once_however_often_it_is_told() {
    let message = json!({"role": "assistant", "content": [{"text": "数えます。"}]});
    let event = json!({"tool_interrupt_event": {"tool_use": {"name": "n", "toolUseId": "t", "input": {"q": "SECRET"}}, "interrupts": [of_strands()]}});
    let result = json!(
        "{'result': AgentResult(stop_reason='interrupt', message={'role': 'assistant', 'content': [{'text': '数えます。'}]}, metrics=EventLoopMetrics(cycle_count=1), state={}, interrupts=[Interrupt(id='v1:x', name='approve_votes', reason={'why': 'ok?'}, response=None)], structured_output=None)}"
    );
    assert_eq!(
        story(&[json!({"data": "数えます。"}), event.clone(), result.clone()]),
        ["MAGI: 数えます。", STRANDS]
    );
    // Whatever its author passes on.
    assert_eq!(story(&[event]), [STRANDS]);
    assert_eq!(story(&[result]), ["MAGI: 数えます。", STRANDS]);
    let own = json!({"result": message, "stop_reason": "interrupt", "interrupts": [of_strands()]});
    assert_eq!(story(&[own]), ["MAGI: 数えます。", STRANDS]);
    let own = json!({"status": "interrupt", "interrupts": [of_strands()]});
    assert_eq!(story(&[own]), [STRANDS]);
    let text =
        "[{'id': 'v1:x', 'name': 'approve_votes', 'reason': {'why': 'ok?'}, 'response': None}]";
    assert_eq!(story(&[json!(text)]), [STRANDS]);
    assert_eq!(story(&[json!([of_strands()])]), [STRANDS]);
    let node = json!({"type": "multiagent_node_interrupt", "node_id": "CASPAR", "interrupts": [of_strands()]});
    let (events, _) = heard(
        "text/event-stream",
        &[format!("data: {node}\n\n").as_bytes()],
    );
    assert_eq!(events[0].agent(), Some("CASPAR"));
    assert_eq!(line(events[0].clone()), STRANDS);
}

#[test]
fn an_interrupt_of_strands_for_typescript_is_asked_as_well() {
    let interrupt = json!({"id": "tool:x", "name": "city", "reason": "Where?", "source": "tool"});
    let asked = r#"asks Question tool:x city null Some("Where?")"#;
    let message = json!({"role": "assistant", "content": [{"text": "Hm."}]});
    let event = json!({"type": "interruptEvent", "interrupt": interrupt});
    let result = json!({"type": "agentResultEvent", "result": {"type": "agentResult", "stopReason": "interrupt", "lastMessage": message}});
    assert_eq!(story(&[event, result]), ["MAGI: Hm.", asked]);
    assert_eq!(story(&[json!(json!([interrupt]).to_string())]), [asked]);
}

#[test]
fn everything_that_waits_is_asked_at_the_end_and_together() {
    let interrupt = |id: &str| {
        json!({"tool_interrupt_event": {"interrupts": [
        {"id": id, "name": "n", "reason": "Really?", "response": null}]}})
    };
    assert_eq!(
        story(&[interrupt("a"), interrupt("b"), json!({"data": "…"})]),
        [
            "MAGI: …",
            r#"asks Question a n null Some("Really?"); Question b n null Some("Really?")"#
        ]
    );
}

#[test]
fn an_interrupt_of_langgraph_is_asked_with_its_value() {
    let asked = r#"asks Question i1 interrupt {"places":[1],"question":"Go?"} Some("Go?")"#;
    let interrupts =
        json!([{"value": {"question": "Go?", "places": [1]}, "id": "i1", "response_schema": null}]);
    let message = json!({"type": "ai", "content": "Hm.", "id": "run-1", "additional_kwargs": {}, "response_metadata": {}});
    for update in [
        json!({"__interrupt__": interrupts}),
        json!(["updates", {"__interrupt__": interrupts}]),
        json!({"type": "updates", "data": {"__interrupt__": interrupts}}),
        json!({"event": "on_chain_stream", "run_id": "r", "name": "LangGraph", "data": {"chunk": {"__interrupt__": interrupts}}}),
        json!("{'__interrupt__': (Interrupt(value={'question': 'Go?', 'places': [1]}, id='i1'),)}"),
    ] {
        assert_eq!(story(std::slice::from_ref(&update)), [asked], "{update}");
    }
    let state = json!({"messages": [{"type": "human", "content": "q", "additional_kwargs": {}, "response_metadata": {}}, message], "__interrupt__": interrupts});
    assert_eq!(story(&[state]), ["MAGI: Hm.", asked]);
    let own = json!({"topic": "parks", "__interrupt__": interrupts});
    assert_eq!(story(&[own]), [r#"data {"topic":"parks"}"#, asked]);
}

#[test]
fn langchain_asks_for_an_approval_of_each_call() {
    let value = json!({
        "action_requests": [
            {"name": "send", "args": {"to": "a"}, "description": "Send it?"},
            {"name": "drop", "args": {}},
        ],
        "review_configs": [],
    });
    assert_eq!(
        story(&[json!({"__interrupt__": [{"value": value, "id": "i1"}]})]),
        [concat!(
            r#"asks Approval i1/decisions/0 send {"to":"a"} Some("Send it?"); "#,
            "Approval i1/decisions/1 drop {} None"
        )]
    );
}

#[test]
fn ag_ui_and_a2a_ask_with_their_ids() {
    let interrupts = json!([
        {"id": "i1", "reason": "input", "message": "Where?", "responseSchema": {"type": "string"}},
        {"id": "i2", "reason": "tool_call", "toolCallId": "t1", "metadata": {"by": "CASPAR"}, "expiresAt": "2026-11-28T09:00:00Z"},
    ]);
    let finished = json!({"type": "RUN_FINISHED", "threadId": "t", "runId": "r", "outcome": {"type": "interrupt", "interrupts": interrupts}});
    assert_eq!(
        story(&[finished]),
        [concat!(
            r#"asks Question i1 input null Some("Where?"); "#,
            r#"Approval i2 tool_call {"by":"CASPAR"} None about t1 until 2026-11-28T09:00:00Z"#
        )]
    );
    let message = json!({"kind": "message", "messageId": "m", "role": "agent", "parts": [{"kind": "text", "text": "Which city?"}]});
    let update = json!({"jsonrpc": "2.0", "id": 1, "result": {"kind": "status-update", "taskId": "t1", "contextId": "c1", "final": true, "status": {"state": "input-required", "message": message}}});
    assert_eq!(
        story(&[update]),
        [
            "MAGI: Which city?",
            r#"asks Question t1 input_required null Some("Which city?")"#
        ]
    );
}

#[test]
fn an_object_that_only_looks_like_it_asks_nothing() {
    for own in [
        json!({"status": "interrupt", "interrupts": []}),
        json!({"status": "interrupt", "interrupts": [{"id": "a"}]}),
        json!({"status": "running", "interrupts": [{"id": "a", "name": "b"}]}),
        json!({"__interrupt__": "later"}),
    ] {
        let told = story(std::slice::from_ref(&own));
        assert_eq!(told[0], format!("data {own}"));
    }
    assert_eq!(
        story(&[json!("[{'id': 1, 'name': 'b'}]")]),
        ["MAGI: [{'id': 1, 'name': 'b'}]"]
    );
}
