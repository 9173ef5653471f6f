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
fn an_approval_is_about_the_call_that_the_agent_has_told() {
    let asked = r#"asks Approval a1 send {"to":"a"} None about t1"#;
    let call = json!({"toolCallId": "t1", "toolName": "send", "input": {"to": "a"}});
    let told = |kind: &str| {
        let mut told = call.clone();
        told["type"] = json!(kind);
        told
    };
    let request = json!({"type": "tool-approval-request", "approvalId": "a1", "toolCallId": "t1"});
    let events = [told("tool-input-available"), request.clone()];
    assert_eq!(story(&events), [r#"call t1 send {"to":"a"}"#, asked]);
    let part =
        json!({"type": "tool-approval-request", "approvalId": "a1", "toolCall": told("tool-call")});
    assert_eq!(story(&[part]), [asked]);
    // Of a call that nobody has told there is nothing but its id.
    assert_eq!(
        story(&[request]),
        ["asks Approval a1 tool null None about t1"]
    );
}

#[test]
fn a_confirmation_of_adk_is_an_approval_unless_the_client_offers_its_tool() {
    let input = json!({
        "originalFunctionCall": {"id": "t1", "name": "send", "args": {"to": "a"}},
        "toolConfirmation": {"hint": "Send it?", "confirmed": false},
    });
    let call =
        json!({"functionCall": {"id": "c1", "name": "adk_request_confirmation", "args": input}});
    let event = json!({"author": "MAGI", "invocationId": "i", "content": {"parts": [call], "role": "model"}});
    let told = format!("call c1 adk_request_confirmation {input}");
    let asked = r#"asks Approval c1 send {"to":"a"} Some("Send it?") about t1"#;
    assert_eq!(story(std::slice::from_ref(&event)), [told.as_str(), asked]);

    let speech = Speech::new("application/json", "MAGI".to_owned());
    let mut speech = speech.with_client_tools(vec!["adk_request_confirmation".to_owned()]);
    let mut events = VecDeque::new();
    speech
        .push(event.to_string().as_bytes(), &mut events)
        .unwrap();
    speech.end(&mut events).unwrap();
    assert!(
        matches!(events.make_contiguous(), [Event::ClientCall(_)]),
        "{events:?}"
    );
}

#[test]
fn an_interrupt_of_langgraph_behind_ag_ui_is_asked_once_and_its_event_goes_on() {
    let value =
        json!({"action_requests": [{"name": "send", "args": {"to": "a"}}], "review_configs": []});
    let custom = json!({"type": "CUSTOM", "name": "on_interrupt", "value": value.to_string(), "rawEvent": {"value": value, "id": "i1"}});
    let interrupt = json!({"id": "i1", "reason": "langgraph:interrupt", "metadata": {"langgraph": {"raw": value}}});
    let outcome = json!({"type": "interrupt", "interrupts": [interrupt]});
    let finished =
        json!({"type": "RUN_FINISHED", "threadId": "t", "runId": "r", "outcome": outcome});
    let asked = r#"asks Approval i1/decisions/0 send {"to":"a"} None"#;
    assert_eq!(story(std::slice::from_ref(&finished)), [asked]);
    let told = story(&[custom, finished]);
    assert!(
        told[0].starts_with("Foreign") && told[0].contains("on_interrupt"),
        "{told:?}"
    );
    assert_eq!(told[1..], [asked]);
    // One that does not say its id cannot be answered.
    let custom = json!({"type": "CUSTOM", "name": "on_interrupt", "value": "{}"});
    assert_eq!(
        story(std::slice::from_ref(&custom)),
        [format!("data {custom}")]
    );
}

#[test]
fn interrupts_of_strands_in_a_task_of_a2a_are_asked_by_their_own_ids() {
    let interrupt = json!({"interruptId": "v1:x", "name": "day", "reason": "Which?"});
    let parts = json!([{"kind": "text", "text": "day: Which?"}, {"kind": "data", "data": {"interrupts": [interrupt]}}]);
    let message = json!({"kind": "message", "messageId": "m", "role": "agent", "parts": parts});
    let update = json!({"kind": "status-update", "taskId": "t1", "contextId": "c1", "status": {"state": "input-required", "message": message}});
    assert_eq!(
        story(&[update]),
        [
            "MAGI: day: Which?",
            r#"asks Question t1/interrupts/v1:x day null Some("Which?")"#
        ]
    );
}

#[test]
fn what_pydantic_ai_leaves_to_its_client_is_asked_by_its_calls_ids() {
    let part = |id: &str| json!({"tool_name": "send", "args": r#"{"to":"a"}"#, "tool_call_id": id, "part_kind": "tool-call"});
    let requests = json!({"calls": [part("t1")], "approvals": [part("t2")], "metadata": {}});
    let asked = concat!(
        r#"asks Call t1 send {"to":"a"} None about t1; "#,
        r#"Approval t2 send {"to":"a"} None about t2"#
    );
    let event = json!({"event_kind": "deferred_tool_requests", "requests": requests});
    assert_eq!(story(&[event, json!({"result": requests})]), [asked]);
    let own = json!({"calls": [{"from": "a"}], "approvals": []});
    assert_eq!(story(std::slice::from_ref(&own))[0], format!("data {own}"));
}

#[test]
fn an_interruption_of_openais_sdk_is_an_approval() {
    let raw = json!({"type": "function_call", "call_id": "t1", "name": "send", "arguments": r#"{"to":"a"}"#});
    assert_eq!(
        story(&[json!({"type": "tool_approval_item", "raw_item": raw})]),
        [r#"asks Approval t1 send {"to":"a"} None about t1"#]
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
