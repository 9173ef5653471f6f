//! Both operations of AgentCore, as the client and the agent see them.

use serde_json::{Value, json};
use tokio::process::Child;

use crate::kind::{HARNESS, RUNTIME};
use crate::lambda::{Answer, RuntimeApi};
use crate::process::{AGENTS_SESSION, Running, SESSION, bootstrap, events, question, types};
use crate::upstream::{Bedrock, Call, EVENT_STREAM, frame};

struct Asked {
    answer: Answer,
    call: Call,
    _api: RuntimeApi,
    _process: Child,
}

async fn ask(agents: &str) -> Asked {
    let mut api = RuntimeApi::start().await;
    let agent = Bedrock::start().await;
    let process = bootstrap(&api.address, &agent.endpoint, &[("GATEWAY_AGENTS", agents)]);
    let answer = api.invoke(question("議題")).await;
    let call = agent.call().await;
    Asked {
        answer,
        call,
        _api: api,
        _process: process,
    }
}

fn said(text: &str) -> Vec<String> {
    let chunks = events(text)
        .into_iter()
        .filter(|event| event["type"] == "chunk");
    chunks
        .map(|chunk| format!("{}: {}", chunk["agent"], chunk["content"]))
        .collect()
}

#[tokio::test]
async fn a_runtime_is_asked_with_a_prompt_in_a_session_and_streams_word_by_word() {
    let mut asked = ask(RUNTIME).await;

    let head = asked.call.head.to_lowercase();
    assert!(head.starts_with("post /runtimes/arn%3aaws%3abedrock-agentcore%3aap-northeast-1%3a123456789012%3aruntime%2fmagi-abc/invocations?qualifier=live"), "{head}");
    assert!(
        head.contains(&format!(
            "x-amzn-bedrock-agentcore-runtime-session-id: {AGENTS_SESSION}"
        )),
        "{head}"
    );
    assert!(head.contains("/bedrock-agentcore/aws4_request"), "{head}");
    assert_eq!(
        asked.call.body,
        json!({"prompt": "議題", "sessionId": AGENTS_SESSION})
    );

    asked
        .call
        .begin_as("text/event-stream; charset=utf-8")
        .await;
    asked.call.raw("data: {\"type\":\"multiagent_node_start\",\"node_id\":\"CASPAR\"}\n\ndata: {\"type\":\"multiagent_node_stream\",\"node_id\":\"CASPAR\",\"event\":{\"data\":\"賛".as_bytes()).await;
    asked.answer.until("\"thinking\"").await;
    asked.call.raw("成\"}}\n\n".as_bytes()).await;
    // The runtime has not ended, and this chunk did not wait for its end.
    asked.answer.until("賛成").await;
    asked.call.raw("data: {\"type\":\"multiagent_node_stop\",\"node_id\":\"CASPAR\"}\n\ndata: \"可決\"\n\n".as_bytes()).await;
    asked.call.end().await;

    let whole = asked.answer.whole().await;
    assert_eq!(said(&whole), [r#""CASPAR": "賛成""#, r#""MAGI": "可決""#]);
    let end = events(&whole).pop().unwrap();
    assert_eq!(
        (&end["type"], &end["agentId"]),
        (&json!("complete"), &json!("magi-AbC"))
    );
    assert_eq!(end["sessionId"], SESSION);
}

#[tokio::test]
async fn a_runtimes_answer_in_one_piece_is_an_answer() {
    let mut asked = ask(RUNTIME).await;
    asked.call.begin_as("application/json").await;
    asked.call.raw("{\"result\": \"賛成\"}".as_bytes()).await;
    asked.call.end().await;

    let whole = asked.answer.whole().await;
    assert_eq!(said(&whole), [r#""MAGI": "賛成""#]);
    assert_eq!(types(&whole).pop().unwrap(), "complete");
}

#[tokio::test]
async fn words_that_begin_like_json_are_told_and_json_that_breaks_off_is_not() {
    for content_type in ["text/plain", "application/json", "text/event-stream"] {
        for (body, end) in [
            ("\"可\" と判断します。", "complete"),
            ("{可} と判断します。", "complete"),
            ("\"可", "error"),
            ("{\"result\": \"可\"", "error"),
        ] {
            let mut asked = ask(RUNTIME).await;
            asked.call.begin_as(content_type).await;
            let begin = if content_type == "text/event-stream" {
                "data: "
            } else {
                ""
            };
            asked.call.raw(format!("{begin}{body}").as_bytes()).await;
            asked.call.end().await;

            let whole = asked.answer.whole().await;
            let chunks = events(&whole)
                .into_iter()
                .filter(|event| event["type"] == "chunk");
            let said: String = chunks
                .map(|chunk| chunk["content"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(types(&whole).pop().unwrap(), end, "{content_type} {body}");
            let told = if end == "complete" { body } else { "" };
            assert_eq!(said, told, "{content_type}");
        }
    }
}

#[tokio::test]
async fn a_runtime_that_fails_under_status_200_has_failed() {
    let mut asked = ask(RUNTIME).await;
    asked.call.begin_as("text/event-stream").await;
    asked.call.raw(b"data: \"x\"\n\ndata: {\"error\":\"SECRET\",\"error_type\":\"ValueError\"}\n\ndata: \"late\"\n\n").await;
    asked.call.end().await;

    let whole = asked.answer.whole().await;
    assert_eq!(said(&whole), [r#""MAGI": "x""#]);
    let end = events(&whole).pop().unwrap();
    assert_eq!(
        (&end["type"], &end["error"]),
        (&json!("error"), &json!("agent_failed"))
    );
    assert!(!whole.contains("SECRET"), "{whole}");
}

#[tokio::test]
async fn a_runtime_that_breaks_off_has_not_answered() {
    let mut asked = ask(RUNTIME).await;
    asked.call.begin_as("text/event-stream").await;
    asked.call.raw(b"data: \"x\"\n\n").await;
    drop(asked.call);

    let end = events(&asked.answer.whole().await).pop().unwrap();
    assert_eq!(end["error"], "connection_lost");
}

#[tokio::test]
async fn a_harness_streams_its_messages() {
    let mut asked = ask(HARNESS).await;
    assert_eq!(
        asked.call.body["messages"],
        json!([{"role": "user", "content": [{"text": "議題"}]}])
    );

    asked.call.begin_as(EVENT_STREAM).await;
    let call = &mut asked.call;
    call.message("event", "messageStart", &json!({"role": "assistant"}))
        .await;
    call.message(
        "event",
        "contentBlockDelta",
        &json!({"contentBlockIndex": 0, "delta": {"text": "賛成"}}),
    )
    .await;
    asked.answer.until("賛成").await;
    asked
        .call
        .message("event", "messageStop", &json!({"stopReason": "end_turn"}))
        .await;
    asked.call.message("event", "metadata", &json!({"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 5}})).await;
    asked
        .call
        .message("event", "somethingNew", &json!({}))
        .await;
    asked.call.end().await;

    let whole = asked.answer.whole().await;
    assert_eq!(said(&whole), [r#""MAGI": "賛成""#]);
    let end = events(&whole).pop().unwrap();
    assert_eq!(end["usage"], json!({"inputTokens": 1, "outputTokens": 2}));
}

#[tokio::test]
async fn a_harness_that_ends_inside_the_head_of_a_message_has_failed() {
    let mut asked = ask(HARNESS).await;
    asked.call.begin_as(EVENT_STREAM).await;
    let call = &mut asked.call;
    call.message("event", "messageStart", &json!({"role": "assistant"}))
        .await;
    call.message("event", "messageStop", &json!({"stopReason": "tool_use"}))
        .await;
    let next = frame("event", "messageStart", &json!({"role": "assistant"}));
    // The SDK alone would lose exactly these twelve bytes without an error.
    call.raw(&next[..12]).await;
    asked.call.end().await;

    let end = events(&asked.answer.whole().await).pop().unwrap();
    assert_eq!(end["error"], "connection_lost");
}

#[tokio::test]
async fn a_harness_that_ends_inside_a_message_or_with_an_exception_has_failed() {
    let mut asked = ask(HARNESS).await;
    asked.call.begin_as(EVENT_STREAM).await;
    asked
        .call
        .message("event", "messageStart", &json!({"role": "assistant"}))
        .await;
    asked.call.end().await;
    let end = events(&asked.answer.whole().await).pop().unwrap();
    assert_eq!(end["error"], "connection_lost");

    let mut asked = ask(HARNESS).await;
    asked.call.begin_as(EVENT_STREAM).await;
    asked
        .call
        .message(
            "exception",
            "runtimeClientError",
            &json!({"message": "SECRET"}),
        )
        .await;
    let whole = asked.answer.whole().await;
    assert_eq!(events(&whole).pop().unwrap()["error"], "agent_failed");
    assert!(!whole.contains("SECRET"), "{whole}");
}

#[tokio::test]
async fn a_harness_is_told_only_what_its_session_does_not_have() {
    let asks = |session: Value, last: &str| {
        json!({
            "version": "2.0",
            "rawPath": "/openai/v1/chat/completions",
            "headers": {"content-type": "application/json"},
            "requestContext": {"http": {"method": "POST"}},
            "body": json!({"model": "a", "stream": true, "metadata": session, "messages": [
                {"role": "user", "content": "one"},
                {"role": "assistant", "content": "uno"},
                {"role": "user", "content": last}]}).to_string(),
            "isBase64Encoded": false,
        })
    };
    let texts = |call: &Call| {
        let messages = call.body["messages"].as_array().unwrap().clone();
        let texts = messages
            .iter()
            .map(|message| message["content"][0]["text"].clone());
        texts.collect::<Vec<_>>()
    };
    let client = HARNESS.replace(r#""name":"MAGI""#, r#""name":"MAGI","history":"client""#);
    for (agents, session, told) in [
        (HARNESS, json!({"session_id": SESSION}), &["two"][..]),
        // A session that is new has nothing.
        (HARNESS, json!({}), &["one", "uno", "two"]),
        (
            &client,
            json!({"session_id": SESSION}),
            &["one", "uno", "two"],
        ),
    ] {
        let mut running = Running::start(&[("GATEWAY_AGENTS", agents)]).await;
        let (_answer, call) = running.ask_event(asks(session, "two")).await;
        assert_eq!(texts(&call), told, "{agents}");
        let is_clients = call.head.contains(AGENTS_SESSION);
        assert_eq!(is_clients, told == ["two"], "{}", call.head);
    }
}
