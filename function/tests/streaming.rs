//! What a caller and Lambda see of the built binary, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[expect(dead_code, reason = "other tests use the rest")]
mod common;

use common::{
    AGENT, Answer, Bedrock, Call, RuntimeApi, SESSION, X_RAY, bootstrap, events, question, soon,
    types,
};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::process::Child;

struct Running {
    api: RuntimeApi,
    bedrock: Bedrock,
    process: Child,
}

async fn running() -> Running {
    let mut api = RuntimeApi::start().await;
    let bedrock = Bedrock::start().await;
    let process = bootstrap(&api.address, &bedrock.endpoint, &[AGENT]);
    api.idle().await;
    Running {
        api,
        bedrock,
        process,
    }
}

impl Running {
    async fn ask(&mut self, text: &str) -> (Answer, Call) {
        let answer = self.api.invoke(question(text)).await;
        let call = self.bedrock.call().await;
        (answer, call)
    }
}

#[tokio::test]
async fn speaks_before_the_agent_is_asked_and_passes_each_chunk_on_at_once() {
    let mut running = running().await;
    let mut answer = running.api.invoke(question("議題")).await;

    // Nobody has accepted the call of the agent yet.
    let begin = answer.until("\"type\":\"start\"").await;
    assert!(
        begin.contains("\0\0\0\0\0\0\0\0: open\n\nid: 1\ndata: "),
        "{begin}"
    );

    let mut call = running.bedrock.call().await;
    call.begin().await;
    call.say("賛成".as_bytes()).await;
    // The agent has more to say: this chunk is not waiting for it.
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
    let mut running = running().await;
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
    let mut running = running().await;
    let (_answer, call) = running.ask("議題").await;

    assert!(
        call.head.starts_with(&format!(
            "POST /agents/MAGICOUNCL/agentAliases/LIVE/sessions/{SESSION}/text"
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
async fn the_agent_is_told_which_trace_it_belongs_to() {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut running = running().await;
    let mut event = question("議題");
    event["headers"]["traceparent"] = json!(parent);
    event["headers"]["tracestate"] = json!("vendor=1");
    let _answer = running.api.invoke(event).await;
    let call = running.bedrock.call().await;

    for header in [
        format!("x-amzn-trace-id: {X_RAY}"),
        format!("traceparent: {parent}"),
        "tracestate: vendor=1".to_owned(),
    ] {
        assert!(
            call.head.lines().any(|line| line == header),
            "{}",
            call.head
        );
    }
}

#[tokio::test]
async fn what_a_client_did_goes_back_to_the_agent() {
    let mut running = running().await;
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
async fn an_agent_that_breaks_off_ends_in_one_error_and_the_next_question_works() {
    let mut running = running().await;

    let (mut answer, mut call) = running.ask("connection").await;
    call.begin().await;
    call.say(b"half").await;
    drop(call);
    let whole = answer.whole().await;
    assert_eq!(
        types(&whole),
        ["start", "agent", "status", "chunk", "error"]
    );
    let last = events(&whole).pop().unwrap();
    assert_eq!(
        (&last["error"], &last["retryable"]),
        (&json!("connection_lost"), &json!(true))
    );
    assert_eq!(last["chunkCount"], 1);

    let (mut answer, mut call) = running.ask("fine again").await;
    call.begin().await;
    call.say(b"yes").await;
    call.end().await;
    assert_eq!(types(&answer.whole().await).last().unwrap(), "complete");
}

#[tokio::test]
async fn an_exception_in_the_stream_is_told_by_code_and_never_in_its_own_words() {
    let mut running = running().await;
    for (exception, told) in [
        ("throttlingException", "throttled"),
        ("serviceQuotaExceededException", "quota_exceeded"),
        ("accessDeniedException", "access_denied"),
        ("resourceNotFoundException", "agent_not_found"),
        ("validationException", "rejected"),
        ("conflictException", "session_busy"),
        ("modelNotReadyException", "model_not_ready"),
        ("dependencyFailedException", "dependency_failed"),
        ("badGatewayException", "dependency_failed"),
        ("internalServerException", "agent_unavailable"),
        ("somethingNewException", "agent_unavailable"),
    ] {
        let (mut answer, mut call) = running.ask("q").await;
        call.begin().await;
        let payload = json!({"message": "SECRET"});
        call.message("exception", exception, &payload).await;
        let whole = answer.whole().await;
        assert_eq!(types(&whole), ["start", "error"], "{exception}");
        assert_eq!(events(&whole).pop().unwrap()["error"], told, "{exception}");
        assert!(!whole.contains("SECRET"), "{whole}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_agent_is_told_by_code_and_never_in_its_own_words() {
    let mut running = running().await;
    for (status, code, told) in [
        (429, "ThrottlingException", "throttled"),
        (403, "AccessDeniedException", "access_denied"),
        (404, "ResourceNotFoundException", "agent_not_found"),
        (400, "ValidationException", "rejected"),
        (409, "ConflictException", "session_busy"),
        (500, "InternalServerException", "agent_unavailable"),
        (502, "BadGatewayException", "dependency_failed"),
        (418, "SomethingNewException", "agent_unavailable"),
    ] {
        let (mut answer, mut call) = running.ask("q").await;
        call.refuse(status, code).await;
        let whole = answer.whole().await;
        assert_eq!(types(&whole), ["start", "error"], "{code}");
        assert_eq!(events(&whole).pop().unwrap()["error"], told, "{code}");
        assert!(!whole.contains("SECRET"), "{whole}");
    }
}

#[tokio::test]
async fn logs_one_line_per_request_without_the_words_of_anybody() {
    let mut running = running().await;
    let (mut answer, mut call) = running.ask("QUESTION").await;
    call.begin().await;
    call.say(b"ANSWER").await;
    call.end().await;
    answer.whole().await;
    running.api.idle().await;

    running.process.start_kill().unwrap();
    let mut log = String::new();
    let mut stdout = running.process.stdout.take().unwrap();
    soon("the log", stdout.read_to_string(&mut log))
        .await
        .unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    let line: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(line["requestId"], "req-1");
    assert_eq!(line["outcome"], "complete");
    assert_eq!(line["chunks"], 1);
    assert_eq!(line["session"], SESSION);
    assert_eq!(line["traceId"], X_RAY);
    assert!(line["firstByteMs"].as_u64() <= line["firstChunkMs"].as_u64());
    // What CloudWatch reads is in the same line.
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], "BedrockGateway");
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{metric}");
        }
        let dimensions = directive["Dimensions"][0].as_array().unwrap();
        for dimension in dimensions {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
        }
    }
    assert_eq!((&line["Chunks"], &line["Errors"]), (&json!(1), &json!(0)));
    assert!(
        !log.contains("QUESTION") && !log.contains("ANSWER"),
        "{log}"
    );
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

#[tokio::test]
async fn answers_several_at_once_where_lambda_allows_it() {
    let mut api = RuntimeApi::start().await;
    let bedrock = Bedrock::start().await;
    let settings = [AGENT, ("AWS_LAMBDA_MAX_CONCURRENCY", "2")];
    let _process = bootstrap(&api.address, &bedrock.endpoint, &settings);

    let mut one = api.invoke(question("one")).await;
    let mut call_one = bedrock.call().await;
    let mut two = api.invoke(question("two")).await;
    let mut call_two = bedrock.call().await;
    call_one.begin().await;
    call_two.begin().await;
    call_two.say(b"two").await;
    two.until("\"two\"").await;
    // One fails, the other does not notice.
    drop(call_two);
    assert_eq!(types(&two.whole().await).last().unwrap(), "error");
    call_one.say(b"one").await;
    call_one.end().await;
    let whole = one.whole().await;
    assert_eq!(types(&whole).last().unwrap(), "complete");
    assert!(!whole.contains("two"), "{whole}");
}
