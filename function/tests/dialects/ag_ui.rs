//! AG-UI.

use gateway::agent::Failure;
use gateway::dialect::{Dialect, Kind};
use gateway::event::State;
use gateway::refusal::Refusal;
use gateway::relay::Moment;
use gateway::request::draft::Draft;
use serde_json::{Value, json};

use crate::story;

fn read(input: &Value) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    story::read(Kind::AgUi, input)
}

fn encoded(moments: &[Moment]) -> String {
    let (_, mut dialect) = read(&input(&json!({}))).unwrap();
    story::encoded(dialect.as_mut(), moments)
}

#[test]
fn writes_a_council() {
    assert_eq!(
        encoded(&story::council()),
        r#"data: {"type":"RUN_STARTED","threadId":"s1","runId":"run","protocolVersion":"1.0","metadata":{"gateway":{"requestId":"r1"}}}

data: {"type":"CUSTOM","name":"agent","value":{"agent":"SOLOMON","name":"ソロモン"}}

data: {"type":"CUSTOM","name":"status","value":{"agent":"SOLOMON","state":"thinking"}}

data: {"type":"STEP_STARTED","stepName":"SOLOMON: thinking"}

data: {"type":"CUSTOM","name":"agent","value":{"agent":"CASPAR","name":"カスパー","role":"sage"}}

data: {"type":"SUBAGENT_STARTED","name":"CASPAR","description":"カスパー","subagentRunId":"run-subagent-1"}

data: {"type":"CUSTOM","name":"status","value":{"agent":"CASPAR","state":"thinking"},"subagentRunId":"run-subagent-1"}

data: {"type":"STEP_STARTED","stepName":"CASPAR: thinking","subagentRunId":"run-subagent-1"}

data: {"type":"REASONING_START","messageId":"run-CASPAR-1","subagentRunId":"run-subagent-1"}

data: {"type":"REASONING_MESSAGE_START","messageId":"run-CASPAR-1","role":"reasoning","subagentRunId":"run-subagent-1"}

data: {"type":"REASONING_MESSAGE_CONTENT","messageId":"run-CASPAR-1","delta":"hm","subagentRunId":"run-subagent-1"}

data: {"type":"REASONING_MESSAGE_END","messageId":"run-CASPAR-1","subagentRunId":"run-subagent-1"}

data: {"type":"REASONING_END","messageId":"run-CASPAR-1","subagentRunId":"run-subagent-1"}

data: {"type":"TOOL_CALL_START","toolCallId":"t1","toolCallName":"search","subagentRunId":"run-subagent-1"}

data: {"type":"TOOL_CALL_ARGS","toolCallId":"t1","delta":"{\"q\":\"park\"}","subagentRunId":"run-subagent-1"}

data: {"type":"TOOL_CALL_END","toolCallId":"t1","subagentRunId":"run-subagent-1"}

data: {"type":"TOOL_CALL_RESULT","messageId":"run-result-1","toolCallId":"t1","content":"3 found","role":"tool","subagentRunId":"run-subagent-1"}

data: {"type":"STEP_FINISHED","stepName":"CASPAR: thinking","subagentRunId":"run-subagent-1"}

data: {"type":"CUSTOM","name":"status","value":{"agent":"CASPAR","state":"answering"},"subagentRunId":"run-subagent-1"}

data: {"type":"STEP_STARTED","stepName":"CASPAR: answering","subagentRunId":"run-subagent-1"}

data: {"type":"TEXT_MESSAGE_START","messageId":"run-CASPAR-2","role":"assistant","name":"カスパー","subagentRunId":"run-subagent-1"}

data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"run-CASPAR-2","delta":"賛","subagentRunId":"run-subagent-1"}

data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"run-CASPAR-2","delta":"成","subagentRunId":"run-subagent-1"}

data: {"type":"TEXT_MESSAGE_END","messageId":"run-CASPAR-2","subagentRunId":"run-subagent-1"}

data: {"type":"STEP_FINISHED","stepName":"CASPAR: answering","subagentRunId":"run-subagent-1"}

data: {"type":"CUSTOM","name":"status","value":{"agent":"CASPAR","state":"done"},"subagentRunId":"run-subagent-1"}

data: {"type":"SUBAGENT_FINISHED","subagentRunId":"run-subagent-1"}

data: {"type":"STEP_FINISHED","stepName":"SOLOMON: thinking"}

data: {"type":"CUSTOM","name":"status","value":{"agent":"SOLOMON","state":"answering"}}

data: {"type":"STEP_STARTED","stepName":"SOLOMON: answering"}

data: {"type":"TEXT_MESSAGE_START","messageId":"run-SOLOMON-3","role":"assistant","name":"ソロモン"}

data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"run-SOLOMON-3","delta":"\"可\"\n"}

data: {"type":"TEXT_MESSAGE_END","messageId":"run-SOLOMON-3"}

data: {"type":"STEP_FINISHED","stepName":"SOLOMON: answering"}

data: {"type":"CUSTOM","name":"status","value":{"agent":"SOLOMON","state":"done"}}

data: {"type":"RUN_FINISHED","threadId":"s1","runId":"run","outcome":{"type":"success"},"usage":[{"inputTokens":7,"outputTokens":8,"totalTokens":15}],"metadata":{"gateway":{"executionTime":5000,"chunkCount":3,"usageByAgent":[{"agent":"CASPAR","inputTokens":3,"outputTokens":4},{"agent":"SOLOMON","inputTokens":4,"outputTokens":4}]}}}

"#
    );
}

#[test]
fn writes_what_is_told_seldom() {
    assert_eq!(
        encoded(&story::extras()),
        r#"data: {"type":"CUSTOM","name":"citation","value":{"agent":"SOLOMON","text":"可","span":[0,1],"sources":[{"location":"https://example.com/parks","title":"Parks","excerpt":"trees"},{"location":"s3://bucket/parks.txt","excerpt":"trees"}]}}

data: {"type":"CUSTOM","name":"file","value":{"agent":"SOLOMON","name":"plan.txt","mediaType":"text/plain","bytes":"cGxhbg=="}}

data: {"type":"CUSTOM","name":"trace","value":{"agent":"SOLOMON","step":"orchestration.rationale","durationMs":5}}

data: {"type":"CUSTOM","name":"data","value":{"agent":"SOLOMON","data":{"score":1}}}

"#
    );
}

#[test]
fn what_the_client_has_to_do_interrupts_the_run() {
    let text = encoded(&[story::start(), story::return_control(), story::complete()]);

    assert_eq!(
        text.lines().rfind(|line| !line.is_empty()).unwrap(),
        r#"data: {"type":"RUN_FINISHED","threadId":"s1","runId":"run","outcome":{"type":"interrupt","interrupts":[{"id":"inv-1","reason":"return_control","metadata":{"agent":"SOLOMON","invocationInputs":[{"functionInvocationInput":{"actionGroup":"parks","function":"close"}}]}}]},"usage":[{"inputTokens":7,"outputTokens":8,"totalTokens":15}],"metadata":{"gateway":{"executionTime":5000,"chunkCount":3,"usageByAgent":[{"agent":"CASPAR","inputTokens":3,"outputTokens":4},{"agent":"SOLOMON","inputTokens":4,"outputTokens":4}]}}}"#
    );
}

#[test]
fn a_failure_is_the_end() {
    assert_eq!(
        encoded(&[story::failed(Failure::Throttled)]),
        r#"data: {"type":"RUN_ERROR","message":"the agent is receiving too many requests; wait a moment and ask again","code":"throttled","usage":[{"inputTokens":7,"outputTokens":8,"totalTokens":15}],"metadata":{"gateway":{"retryable":true,"side":"aws"}}}

"#
    );
}

#[test]
fn nothing_until_left_open_at_the_end() {
    let text = encoded(&[
        story::start(),
        story::status("CASPAR", State::Thinking),
        story::reasoning("CASPAR", "hm"),
        story::chunk("CASPAR", "x"),
        story::complete(),
    ]);

    for (begin, end) in [
        ("SUBAGENT_STARTED", "SUBAGENT_FINISHED"),
        ("STEP_STARTED", "STEP_FINISHED"),
        ("TEXT_MESSAGE_START", "TEXT_MESSAGE_END"),
        ("REASONING_START", "REASONING_END"),
        ("REASONING_MESSAGE_START", "REASONING_MESSAGE_END"),
    ] {
        assert_eq!(
            (text.matches(begin).count(), text.matches(end).count()),
            (1, 1),
            "{text}"
        );
    }
}

fn input(more: &Value) -> Value {
    let mut input = json!({
        "threadId": "thread", "runId": "run", "state": {}, "tools": [], "context": [],
        "messages": [
            {"id": "1", "role": "user", "content": "one"},
            {"id": "2", "role": "assistant", "content": "among ourselves", "subagentRunId": "r-CASPAR-1"},
            {"id": "3", "role": "assistant", "content": "uno"},
            {"id": "4", "role": "activity", "activityType": "x", "content": {}},
            {"id": "5", "role": "assistant", "toolCalls": []},
            {"id": "6", "role": "user", "content": [{"type": "text", "text": "two"}]},
        ],
        "forwardedProps": {"agent": "magi", "theme": "dark"},
    });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[test]
fn the_thread_is_the_session_and_its_last_question_is_asked() {
    let (draft, _) = read(&input(&json!({}))).unwrap();

    assert_eq!(draft.session_id.as_deref(), Some("thread"));
    assert_eq!(draft.agent.as_deref(), Some("magi"));
    assert_eq!(draft.question, "two");
    let history: Vec<_> = draft
        .history
        .iter()
        .map(|turn| turn.text.as_str())
        .collect();
    assert_eq!(history, ["one", "uno"]);
}

#[test]
fn properties_may_be_anything() {
    for properties in [json!(null), json!("x"), json!([1])] {
        assert!(read(&input(&json!({"forwardedProps": properties}))).is_ok());
    }
}

#[test]
fn resume_is_the_way_back() {
    let entry =
        |status, payload| json!({"interruptId": "inv-1", "status": status, "payload": payload});
    let resume = |entries: Value| read(&input(&json!({"resume": entries})));

    let results = json!([{"functionResult": {}}]);
    let (draft, _) = resume(json!([entry("resolved", results.clone())])).unwrap();
    let answer = draft.return_control.unwrap();
    assert_eq!(answer.invocation_id, "inv-1");
    let told = answer.results.iter();
    let told = told.map(|result| serde_json::from_str::<Value>(&result.0).unwrap());
    assert_eq!(told.collect::<Value>(), results);

    // Who only cancels asks nothing: the question is not asked, and paid for, a second time.
    let cancelled = resume(json!([entry("cancelled", Value::Null)]));
    assert_eq!(
        cancelled.err().map(|refusal| refusal.code),
        Some("nothing_asked")
    );

    let twice = json!([entry("resolved", json!([])), entry("resolved", json!([]))]);
    for wrong in [json!([entry("resolved", json!({}))]), twice] {
        assert_eq!(resume(wrong).err().map(|refusal| refusal.status), Some(400));
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for body in [
        json!({}),
        input(&json!({"runId": null})),
        input(&json!({"messages": [{"role": "user", "content": 1}]})),
        input(&json!({"forwardedProps": {"agent": 1}})),
    ] {
        let refusal = read(&body).err().unwrap();
        let body: Value = serde_json::from_str(&Kind::AgUi.refusal(&refusal).text).unwrap();
        assert_eq!(body["type"], "RUN_ERROR");
        assert_eq!(body["code"], "invalid_request");
    }
}
