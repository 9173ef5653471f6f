//! `OpenAI`'s chat completions, streamed and whole.

use gateway::agent::Failure;
use gateway::dialect::{Dialect, Head, Kind};
use gateway::event::State;
use gateway::refusal::Refusal;
use gateway::relay::Moment;
use serde_json::{Value, json};

use crate::story;

fn dialect(options: &Value) -> Box<dyn Dialect> {
    let mut body = json!({"model": "magi", "messages": [{"role": "user", "content": "q"}]});
    for (name, value) in options.as_object().unwrap() {
        body[name] = value.clone();
    }
    story::read(Kind::OpenAi, &body).unwrap().1
}

fn streamed(include_usage: bool, moments: &[Moment]) -> String {
    let options = json!({"stream": true, "stream_options": {"include_usage": include_usage}});
    story::encoded(dialect(&options).as_mut(), moments)
}

fn whole(moments: &[Moment]) -> (Option<Head>, Value) {
    let mut dialect = dialect(&json!({}));
    let text = story::encoded(dialect.as_mut(), moments);
    (dialect.head(), serde_json::from_str(&text).unwrap())
}

fn refused(refusal: &Refusal) -> Value {
    serde_json::from_str(&Kind::OpenAi.refusal(refusal).text).unwrap()
}

/// The deltas of a stream.
fn deltas(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    data.map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap())
        .map(|chunk| chunk["choices"][0]["delta"].clone())
        .collect()
}

#[test]
fn writes_a_council() {
    assert_eq!(
        streamed(true, &story::council()),
        r#"data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"reasoning_content":"[カスパー] "},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"reasoning_content":"\n\n[カスパー] "},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"reasoning_content":"賛"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"reasoning_content":"成"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{"content":"\"可\"\n"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1795395723,"model":"magi","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":8,"total_tokens":15}}

data: [DONE]

"#
    );
}

#[test]
fn usage_is_told_only_when_it_is_asked_for() {
    assert!(!streamed(false, &story::council()).contains("usage"));
}

#[test]
fn a_failure_in_the_stream_is_an_error_without_a_proper_end() {
    assert_eq!(
        streamed(false, &[story::failed(Failure::Throttled)]),
        r#"data: {"error":{"message":"the agent is receiving too many requests; wait a moment and ask again","type":"rate_limit_error","param":null,"code":"throttled"}}

"#
    );
}

#[test]
fn a_whole_answer_knows_its_status_only_at_the_end() {
    let mut dialect = dialect(&json!({}));
    let mut moments = story::council();
    let end = moments.pop().unwrap();
    assert_eq!(story::encoded(dialect.as_mut(), &moments), "");
    assert_eq!(dialect.head(), None);

    let answer: Value = serde_json::from_str(&story::encoded(dialect.as_mut(), &[end])).unwrap();
    assert_eq!(dialect.head().unwrap().status, 200);
    assert_eq!(
        answer,
        json!({
            "id": "chatcmpl-r1", "object": "chat.completion", "created": 1_795_395_723, "model": "magi",
            "choices": [{"index": 0, "logprobs": null, "finish_reason": "stop", "message": {
                "role": "assistant", "refusal": null, "content": "\"可\"\n",
                "reasoning_content": "[カスパー] hm\n\n[カスパー] 賛成"}}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 8, "total_tokens": 15},
        })
    );
}

#[test]
fn a_failed_whole_answer_may_be_asked_again_only_if_no_run_has_begun() {
    let retry = |moments: &[Moment]| {
        let (head, answer) = whole(moments);
        let head = head.unwrap();
        let retry = head.headers["x-should-retry"].to_str().unwrap().to_owned();
        (head.status.as_u16(), answer["error"]["code"].clone(), retry)
    };
    let begun = story::status("SOLOMON", State::Thinking);
    let throttled = || story::failed(Failure::Throttled);

    assert_eq!(
        retry(&[throttled()]),
        (429, json!("throttled"), "true".to_owned())
    );
    assert_eq!(
        retry(&[begun, throttled()]),
        (429, json!("throttled"), "false".to_owned())
    );
    // Under status 200, before a word of the answer.
    let mut midway = throttled();
    if let Moment::Failed { totals, .. } = &mut midway {
        totals.has_begun = true;
    }
    assert_eq!(
        retry(&[midway]),
        (429, json!("throttled"), "false".to_owned())
    );
    let deadline = story::failed(Failure::Deadline);
    assert_eq!(
        retry(&[deadline]),
        (504, json!("deadline"), "false".to_owned())
    );
    for &failure in Failure::ALL {
        let (status, ..) = retry(&[story::failed(failure)]);
        assert!(status >= 400, "{failure:?}");
    }
}

#[test]
fn what_the_client_has_to_do_is_a_call_of_its_tool() {
    let moments = [story::start(), story::return_control(), story::complete()];
    let call = json!({"index": 0, "id": "rc_s1_inv-1_0", "type": "function", "function": {
        "name": "close", "arguments": r#"{"actionGroup":"parks","function":"close"}"#}});

    let text = streamed(false, &moments);
    assert_eq!(deltas(&text)[1]["tool_calls"], json!([call]));
    assert!(text.contains(r#""finish_reason":"tool_calls""#));
    let (_, answer) = whole(&moments);
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["tool_calls"], json!([call]));
    assert_eq!(choice["message"]["content"], Value::Null);
    assert_eq!(choice["finish_reason"], "tool_calls");
}

#[test]
fn sources_are_annotations() {
    let citation = &story::extras()[0];
    let text = streamed(false, &[story::start(), citation.clone()]);

    let annotations = &deltas(&text)[1]["annotations"];
    assert_eq!(annotations[0]["type"], "url_citation");
    assert_eq!(annotations[0]["url_citation"]["title"], "Parks");
    assert_eq!(
        annotations[1]["url_citation"]["url"],
        "s3://bucket/parks.txt"
    );
}

#[test]
fn a_judges_words_are_the_answer_whoever_was_asked() {
    let (_, answer) = whole(&[
        story::start(),
        story::member("JUDGE", "Judge", Some("judge")),
        story::chunk("CASPAR", "aside"),
        story::chunk("JUDGE", "verdict"),
        story::complete(),
    ]);

    assert_eq!(answer["choices"][0]["message"]["content"], "verdict");
}

#[test]
fn without_a_word_of_the_asked_agent_the_last_one_to_speak_has_answered() {
    let moments = [
        story::start(),
        story::status("A", State::Answering),
        story::chunk("A", "first"),
        story::status("A", State::Answering),
        story::chunk("A", "se"),
        story::chunk("B", "other"),
        story::chunk("A", "cond"),
        story::complete(),
    ];

    assert_eq!(
        whole(&moments).1["choices"][0]["message"]["content"],
        "second"
    );
    let deltas = deltas(&streamed(false, &moments));
    let content: String = deltas
        .iter()
        .filter_map(|delta| delta["content"].as_str())
        .collect();
    assert_eq!(content, "second");
}

#[test]
fn the_model_is_the_agent_and_the_last_question_is_asked() {
    let body = json!({
        "model": "magi", "stream": true, "temperature": 0.3, "tools": [{}], "user": "somebody",
        "metadata": {"session_id": "s1", "other": "x"}, "trace": "off",
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": "uno"},
            {"role": "user", "content": [{"type": "text", "text": "two"}]},
        ],
    });
    let (draft, _) = story::read(Kind::OpenAi, &body).unwrap();

    assert_eq!(draft.agent.as_deref(), Some("magi"));
    assert_eq!(draft.session_id.as_deref(), Some("s1"));
    assert_eq!(draft.question, "two");
    let history: Vec<_> = draft
        .history
        .iter()
        .map(|turn| turn.text.as_str())
        .collect();
    assert_eq!(history, ["one", "uno"]);
}

#[test]
fn a_tool_message_is_the_way_back() {
    let call = json!({"id": "rc_s1_inv-1_0", "type": "function", "function": {
        "name": "close", "arguments": r#"{"actionGroup":"parks","function":"close"}"#}});
    let body = json!({"model": "magi", "messages": [
        {"role": "user", "content": "close the park"},
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "rc_s1_inv-1_0", "content": "closed"},
    ]});
    let (draft, _) = story::read(Kind::OpenAi, &body).unwrap();

    assert_eq!(draft.session_id.as_deref(), Some("s1"));
    let result = &draft.return_control.unwrap().results[0];
    let result: Value = serde_json::from_str(&result.0).unwrap();
    let result = &result["functionResult"];
    assert_eq!(result["function"], "close");
    assert_eq!(result["responseBody"]["TEXT"]["body"], "closed");
}

#[test]
fn an_answered_question_is_not_asked_and_paid_for_again() {
    for last in [
        json!({"role": "tool", "tool_call_id": "call_1", "content": "closed"}),
        json!({"role": "assistant", "content": "uno"}),
        json!({"role": "assistant", "content": null, "tool_calls": []}),
    ] {
        let body = json!({"model": "magi", "messages": [{"role": "user", "content": "one"}, last]});
        let refusal = story::read(Kind::OpenAi, &body).err().unwrap();
        assert_eq!((refusal.status, refusal.code), (400, "nothing_asked"));
    }
    // An earlier question is not asked in the place of an empty one.
    let body = json!({"model": "magi", "messages": [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "uno"},
        {"role": "user", "content": ""}]});
    let (draft, _) = story::read(Kind::OpenAi, &body).unwrap();
    assert_eq!(draft.question, "");
}

#[test]
fn refusals_are_errors_of_openais() {
    let refusal = Refusal::new(404, "unknown_agent", "there is no agent `x` here");
    assert_eq!(
        refused(&refusal),
        json!({"error": {"message": "there is no agent `x` here", "type": "invalid_request_error",
            "param": "model", "code": "model_not_found"}})
    );
    for (status, kind) in [
        (401, "authentication_error"),
        (403, "permission_error"),
        (500, "server_error"),
    ] {
        assert_eq!(
            refused(&Refusal::new(status, "c", "m"))["error"]["type"],
            kind
        );
    }
}
