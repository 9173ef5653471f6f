//! An answer as a caller and Lambda see it, over real sockets.

use serde_json::json;

use crate::lambda::RuntimeApi;
use crate::process::{
    AGENT, AGENTS_SESSION, Running, SESSION, bootstrap, events, question, soon, types,
};

#[tokio::test]
async fn speaks_before_the_agent_is_asked_and_passes_each_chunk_on_at_once() {
    let mut running = Running::start(&[AGENT]).await;
    let mut answer = running.api.invoke(question("議題")).await;

    // The call of the agent has not been accepted yet.
    let begin = answer.until("\"type\":\"start\"").await;
    assert!(
        begin.contains("\0\0\0\0\0\0\0\0: open\n\nid: 1\ndata: "),
        "{begin}"
    );

    let mut call = running.bedrock.call().await;
    call.begin().await;
    call.say("賛成".as_bytes()).await;
    // The agent has not ended, and this chunk did not wait for its end.
    let first = answer.until("賛成").await;
    assert_eq!(types(&first), ["start", "agent", "status", "chunk"]);

    call.say("です".as_bytes()).await;
    call.end().await;
    let whole = answer.whole().await;
    assert_eq!(
        types(&whole),
        [
            "start", "agent", "status", "chunk", "chunk", "status", "complete"
        ]
    );
    let last = events(&whole).pop().unwrap();
    assert_eq!(last["chunkCount"], 2);
    assert_eq!(last["totalBytes"], 12);
    assert_eq!(last["sessionId"], SESSION);
    assert_eq!(last["agentId"], "MAGICOUNCL");
}

#[tokio::test]
async fn tells_lambda_what_its_streaming_protocol_asks_for() {
    let mut running = Running::start(&[AGENT]).await;
    let (mut answer, mut call) = running.ask("議題").await;
    call.begin().await;
    call.say(b"x").await;
    call.end().await;
    let whole = answer.whole().await;

    assert_eq!(answer.path, "/2018-06-01/runtime/invocation/req-1/response");
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("lambda-runtime-function-response-mode"), "streaming");
    assert_eq!(
        header("content-type"),
        "application/vnd.awslambda.http-integration-response"
    );
    assert_eq!(header("lambda-runtime-invocation-id"), "nonce-1");
    let (prelude, _) = whole.split_once("\0\0\0\0\0\0\0\0").unwrap();
    let prelude: serde_json::Value = serde_json::from_str(prelude).unwrap();
    assert_eq!(
        prelude,
        json!({
            "statusCode": 200,
            "headers": {
                "content-type": "text/event-stream; charset=utf-8",
                "cache-control": "no-cache, no-transform",
                "x-accel-buffering": "no",
            },
            "cookies": [],
        })
    );
}

#[tokio::test]
async fn asks_the_agent_to_stream_with_traces() {
    let mut running = Running::start(&[AGENT]).await;
    let (_answer, call) = running.ask("議題").await;

    assert!(
        call.head.starts_with(&format!(
            "POST /agents/MAGICOUNCL/agentAliases/LIVE/sessions/{AGENTS_SESSION}/text"
        )),
        "{}",
        call.head
    );
    assert_eq!(call.body["inputText"], "議題");
    assert_eq!(call.body["enableTrace"], true);
    assert_eq!(
        call.body["streamingConfigurations"]["streamFinalResponse"],
        true
    );
}

#[tokio::test]
async fn what_a_client_did_goes_back_to_the_agent() {
    let mut running = Running::start(&[AGENT]).await;
    let result = json!({"functionResult": {
        "actionGroup": "weather", "function": "forecast",
        "responseBody": {"TEXT": {"body": "晴れ"}},
    }});
    let body = json!({
        "sessionId": SESSION,
        "returnControl": {"invocationId": "i-1", "results": [result]},
    });
    let mut event = question("");
    event["body"] = json!(body.to_string());
    let _answer = running.api.invoke(event).await;
    let call = running.bedrock.call().await;

    let state = &call.body["sessionState"];
    assert_eq!(state["invocationId"], "i-1");
    assert_eq!(state["returnControlInvocationResults"], json!([result]));
    assert_eq!(call.body.get("inputText"), None);
}

#[tokio::test]
async fn says_why_it_cannot_start() {
    let mut api = RuntimeApi::start().await;
    let mut process = bootstrap(&api.address, "http://127.0.0.1:9", &[]);

    let mut answer = api.answer().await;
    let body = answer.whole().await;
    assert_eq!(answer.path, "/2018-06-01/runtime/init/error");
    assert!(body.contains("`GATEWAY_AGENTS` is not set"), "{body}");
    assert!(!soon("the exit", process.wait()).await.unwrap().success());
}
