//! The Vercel AI SDK's UI message stream.

use gateway::agent::{Failure, Role};
use gateway::dialect::Kind;
use gateway::event::{Event, ToolResult};
use gateway::relay::Moment;
use serde_json::{Value, json};

use crate::story;

fn encoded(moments: &[Moment]) -> String {
    let part = json!({"type": "text", "text": "q"});
    let body = json!({"messages": [{"role": "user", "parts": [part]}]});
    let (_, mut dialect) = story::read(Kind::AiSdk, &body).unwrap();
    story::encoded(dialect.as_mut(), moments)
}

#[test]
fn writes_a_council() {
    assert_eq!(
        encoded(&story::council()),
        r#"data: {"type":"start","messageId":"r1","messageMetadata":{"sessionId":"s1","requestId":"r1","agent":"SOLOMON"}}

data: {"type":"start-step"}

data: {"type":"data-agent","id":"SOLOMON","data":{"agent":"SOLOMON","name":"ソロモン"}}

data: {"type":"data-status","id":"SOLOMON","data":{"agent":"SOLOMON","state":"thinking"}}

data: {"type":"data-agent","id":"CASPAR","data":{"agent":"CASPAR","name":"カスパー","role":"sage"}}

data: {"type":"data-status","id":"CASPAR","data":{"agent":"CASPAR","state":"thinking"}}

data: {"type":"reasoning-start","id":"CASPAR-1","providerMetadata":{"gateway":{"agent":"CASPAR","collaborator":true}}}

data: {"type":"reasoning-delta","id":"CASPAR-1","delta":"hm"}

data: {"type":"reasoning-end","id":"CASPAR-1"}

data: {"type":"tool-input-available","toolCallId":"t1","toolName":"search","input":{"q":"park"},"dynamic":true,"providerExecuted":true}

data: {"type":"tool-output-available","toolCallId":"t1","output":"3 found","dynamic":true,"providerExecuted":true}

data: {"type":"data-status","id":"CASPAR","data":{"agent":"CASPAR","state":"answering"}}

data: {"type":"text-start","id":"CASPAR-2","providerMetadata":{"gateway":{"agent":"CASPAR","collaborator":true}}}

data: {"type":"text-delta","id":"CASPAR-2","delta":"賛"}

data: {"type":"text-delta","id":"CASPAR-2","delta":"成"}

data: {"type":"text-end","id":"CASPAR-2"}

data: {"type":"data-status","id":"CASPAR","data":{"agent":"CASPAR","state":"done"}}

data: {"type":"data-status","id":"SOLOMON","data":{"agent":"SOLOMON","state":"answering"}}

data: {"type":"text-start","id":"SOLOMON-3","providerMetadata":{"gateway":{"agent":"SOLOMON","collaborator":false}}}

data: {"type":"text-delta","id":"SOLOMON-3","delta":"\"可\"\n"}

data: {"type":"text-end","id":"SOLOMON-3"}

data: {"type":"data-status","id":"SOLOMON","data":{"agent":"SOLOMON","state":"done"}}

data: {"type":"finish-step"}

data: {"type":"finish","finishReason":"stop","messageMetadata":{"executionTime":5000,"chunkCount":3,"usage":{"inputTokens":7,"outputTokens":8},"usageByAgent":[{"agent":"CASPAR","inputTokens":3,"outputTokens":4},{"agent":"SOLOMON","inputTokens":4,"outputTokens":4}]}}

data: [DONE]

"#
    );
}

#[test]
fn writes_what_is_told_seldom() {
    assert_eq!(
        encoded(&story::extras()),
        r#"data: {"type":"source-url","sourceId":"source-1","url":"https://example.com/parks","title":"Parks","providerMetadata":{"gateway":{"agent":"SOLOMON","text":"可","span":[0,1],"excerpt":"trees"}}}

data: {"type":"source-document","sourceId":"source-2","mediaType":"text/plain","title":"s3://bucket/parks.txt","filename":"s3://bucket/parks.txt","providerMetadata":{"gateway":{"agent":"SOLOMON","text":"可","span":[0,1],"excerpt":"trees"}}}

data: {"type":"file","url":"data:text/plain;base64,cGxhbg==","mediaType":"text/plain","providerMetadata":{"gateway":{"agent":"SOLOMON","name":"plan.txt"}}}

data: {"type":"data-trace","data":{"agent":"SOLOMON","step":"orchestration.rationale","durationMs":5},"transient":true}

data: {"type":"data-custom","data":{"agent":"SOLOMON","data":{"score":1}}}

"#
    );
}

#[test]
fn what_the_client_has_to_do_is_a_call_of_its_tool() {
    assert_eq!(
        encoded(&[story::start(), story::return_control(), story::complete()])
            .lines()
            .filter(|line| line.contains("tool"))
            .collect::<Vec<_>>()
            .join("\n"),
        r#"data: {"type":"tool-input-available","toolCallId":"rc_s1_inv-1_0","toolName":"close","input":{"actionGroup":"parks","function":"close"},"dynamic":true,"providerExecuted":false}
data: {"type":"finish","finishReason":"tool-calls","messageMetadata":{"executionTime":5000,"chunkCount":3,"usage":{"inputTokens":7,"outputTokens":8},"usageByAgent":[{"agent":"CASPAR","inputTokens":3,"outputTokens":4},{"agent":"SOLOMON","inputTokens":4,"outputTokens":4}]}}"#
    );
}

#[test]
fn a_failure_is_told_to_programs_and_to_people() {
    assert_eq!(
        encoded(&[story::failed(Failure::Throttled)]),
        r#"data: {"type":"data-error","data":{"code":"throttled","message":"the agent is receiving too many requests; wait a moment and ask again","retryable":true,"side":"aws"},"transient":true}

data: {"type":"error","errorText":"the agent is receiving too many requests; wait a moment and ask again (throttled)"}

data: [DONE]

"#
    );
}

#[test]
fn agents_that_speak_at_once_have_a_part_each() {
    let text = encoded(&[
        story::chunk("A", "1"),
        story::chunk("B", "2"),
        story::chunk("A", "3"),
    ]);
    let ids: Vec<_> = text
        .lines()
        .filter(|line| line.contains("text-delta"))
        .map(|line| line.contains(r#""id":"A-1""#))
        .collect();
    assert_eq!(ids, [true, false, true]);
    assert_eq!(text.matches("text-start").count(), 2);
}

#[test]
fn a_result_nobody_has_called_for_is_called_for_first() {
    let result = story::event(Event::ToolResult(ToolResult {
        agent: "A".to_owned(),
        id: "t9".to_owned(),
        output: Value::Null,
        failed: true,
    }));
    let text = encoded(&[result]);

    let call = text.find("tool-input-available").unwrap();
    assert!(call < text.find(r#""errorText":"the tool failed""#).unwrap());
}

#[test]
fn the_chat_is_the_session_and_its_last_question_is_asked() {
    let aside = json!({"gateway": {"agent": "CASPAR", "collaborator": true}});
    let body = json!({
        "id": "chat-1", "trigger": "submit-message", "agent": "magi", "theme": "dark",
        "messages": [
            {"id": "1", "role": "system", "parts": [{"type": "text", "text": "be brief"}]},
            {"id": "2", "role": "user", "parts": [{"type": "text", "text": "one"}]},
            {"id": "3", "role": "assistant", "parts": [
                {"type": "step-start"},
                {"type": "data-status", "id": "CASPAR", "data": {}},
                {"type": "text", "text": "among ourselves", "state": "done", "providerMetadata": aside},
                {"type": "text", "text": "uno", "state": "done"}]},
            {"id": "4", "role": "user", "parts": [{"type": "text", "text": "two"}]},
        ],
    });
    let (draft, _) = story::read(Kind::AiSdk, &body).unwrap();

    assert_eq!(draft.session_id.as_deref(), Some("chat-1"));
    assert_eq!(draft.agent.as_deref(), Some("magi"));
    assert_eq!(draft.question, "two");
    let history: Vec<_> = draft
        .history
        .iter()
        .map(|turn| (turn.role, turn.text.as_str()))
        .collect();
    assert_eq!(history, [(Role::User, "one"), (Role::Assistant, "uno")]);
}

#[test]
fn a_tools_output_is_the_way_back_and_the_message_goes_on() {
    let body = json!({
        "id": "s1",
        "messages": [
            {"role": "user", "parts": [{"type": "text", "text": "close the park"}]},
            {"role": "assistant", "parts": [
                {"type": "dynamic-tool", "toolCallId": "rc_s1_inv-1_7", "state": "output-available", "output": 1},
                {"type": "step-start"},
                {"type": "dynamic-tool", "toolCallId": "t1", "state": "output-available", "output": 1},
                {"type": "dynamic-tool", "toolName": "close", "toolCallId": "rc_s1_inv-1_0",
                    "state": "output-available", "output": "closed",
                    "input": {"actionGroup": "parks", "function": "close"}}]},
        ],
    });
    let (draft, mut dialect) = story::read(Kind::AiSdk, &body).unwrap();

    let answer = draft.return_control.unwrap();
    assert_eq!(answer.invocation_id, "inv-1");
    assert_eq!(answer.results.len(), 1, "only the last step's");
    let result: Value = serde_json::from_str(&answer.results[0].0).unwrap();
    assert_eq!(result["functionResult"]["actionGroup"], "parks");
    let begun = story::encoded(dialect.as_mut(), &[story::start()]);
    assert!(!begun.contains("messageId"), "{begun}");
}

#[test]
fn an_answered_question_is_not_asked_and_paid_for_again() {
    let foreign = json!({"type": "dynamic-tool", "toolCallId": "t1", "state": "output-available", "output": 1});
    for part in [json!({"type": "text", "text": "uno"}), foreign] {
        let body = json!({"id": "s1", "messages": [
            {"role": "user", "parts": [{"type": "text", "text": "one"}]},
            {"role": "assistant", "parts": [part]}]});
        let refusal = story::read(Kind::AiSdk, &body).err().unwrap();
        assert_eq!((refusal.status, refusal.code), (400, "nothing_asked"));
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for body in [
        "",
        "{}",
        r#"{"messages":1}"#,
        r#"{"messages":[{"role":"user"}]}"#,
    ] {
        assert_eq!(
            Kind::AiSdk.read(body).err().map(|refusal| refusal.status),
            Some(400),
            "{body}"
        );
    }
    let picture = json!({"messages": [{"role": "user", "parts": [
        {"type": "file", "mediaType": "image/png", "url": "https://example.com/a.png"},
        {"type": "text", "text": "what is this?"}]}]});
    let refusal = story::read(Kind::AiSdk, &picture).err().unwrap();
    assert_eq!(refusal.code, "unsupported_content");
    assert_eq!(
        Kind::AiSdk.refusal(&refusal).text,
        "messages[0]: a file comes in the request, as a data URL (`data:image/png;base64,…`): the gateway \
         fetches nothing from other addresses (unsupported_content)"
    );
}
