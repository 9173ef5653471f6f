use serde_json::json;

use super::*;

fn explained(events: &[Value]) -> String {
    let mut explainer = Explainer::default();
    let lines: String = events
        .iter()
        .filter_map(|event| explainer.take(event))
        .collect();
    let text = lines + &explainer.rest() + &explainer.summary();
    anstream::adapter::strip_str(&text).to_string()
}

fn event(message: u64, vocabulary: &str, became: &Value) -> Value {
    json!({
        "type": "explain", "message": message, "framing": "event stream", "framedBy": "content type",
        "bytes": 10, "vocabulary": vocabulary, "became": became,
    })
}

#[test]
fn messages_that_are_alike_are_told_once_and_an_odd_one_with_what_helps() {
    let mut first = event(1, "own", &json!([{"what": "text"}]));
    first["contentType"] = json!("text/event-stream");
    let unknown = json!([{"what": "data"}, {"what": "unknown", "reason": "nobody knows it"}]);
    let mut odd = event(4, "unknown", &unknown);
    odd["pointer"] = json!("/payload/x");
    odd["excerpt"] = json!("event: tok\n{\"payload\": \u{1b}[31m…");
    insta::assert_snapshot!(explained(&[
        first,
        event(2, "own", &json!([{"what": "text"}])),
        json!({"type": "chunk", "content": "x"}),
        event(3, "own", &json!([{"what": "text"}])),
        odd,
        event(5, "strands", &json!([{"what": "bookkeeping"}])),
    ]), @r#"
content type `text/event-stream`; read as event stream, by the content type

    1  own                 text
       … and 2 more like it, up to message 3
    4  unknown             data, not understood: nobody knows it
       event: tok
       {"payload": [31m…
    5  strands             bookkeeping

5 messages: 3 text, 1 not understood, 1 bookkeeping

1 message was not understood (4). If it has words for the user, `answer` in
gateway.yaml, beside the agent's `runtime`, says where they are:

  answer:
    text: /payload/x

`--trace full` shows how each message begins, where the deployment allows it
"#);
}

#[test]
fn an_answer_without_messages_says_so() {
    insta::assert_snapshot!(explained(&[]), @"Nothing to explain: only the messages of AgentCore runtimes have to be made out, and none came");
}
