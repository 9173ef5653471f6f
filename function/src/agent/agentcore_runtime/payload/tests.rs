//! Each protocol's own words for the same question.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::agent::ask::{Outcome, Response, Role, RunInput, Turn};
use crate::agent::file::File;
use crate::client_json::Json;
use crate::settings::agents::request::RequestTemplate;

fn ask() -> Ask {
    let turn = |role, text: &str| Turn {
        role,
        text: text.to_owned(),
        files: Vec::new(),
    };
    Ask {
        id: "request-1".to_owned(),
        question: "今日は?".to_owned(),
        history: vec![
            turn(Role::User, "川か、道か"),
            turn(Role::Assistant, "道\n"),
        ],
        session_id: "s".to_owned(),
        ..Ask::default()
    }
}

fn asked(protocol: Protocol, ask: &Ask) -> Value {
    serde_json::from_slice(&payload(protocol, None, ask).unwrap()).unwrap()
}

#[test]
fn http_has_the_prompt_of_amazons_examples() {
    let text = |text| json!([{"text": text}]);
    assert_eq!(
        asked(Protocol::Http, &ask()),
        json!({"prompt": "今日は?", "sessionId": "s", "history": [
            {"role": "user", "content": text("川か、道か")},
            {"role": "assistant", "content": text("道\n")},
        ]})
    );
}

#[test]
fn ag_ui_has_the_conversation() {
    let mut ask = ask();
    assert_eq!(
        asked(Protocol::AgUi, &ask),
        json!({"threadId": "s", "runId": "request-1", "state": {}, "tools": [], "context": [],
            "forwardedProps": {}, "messages": [
            {"id": "s-0", "role": "user", "content": "川か、道か"},
            {"id": "s-1", "role": "assistant", "content": "道\n"},
            {"id": "s-2", "role": "user", "content": "今日は?"},
        ]})
    );

    ask.history.clear();
    assert_eq!(
        asked(Protocol::AgUi, &ask)["messages"],
        json!([{"id": "request-1", "role": "user", "content": "今日は?"}])
    );
}

#[test]
fn a2a_has_the_question_and_its_context() {
    let mut ask = ask();
    let text = |text| json!([{"kind": "text", "text": text}]);
    let message = json!({"kind": "message", "role": "user", "messageId": "request-1", "contextId": "s",
    "parts": text("今日は?"), "metadata": {"history": [
        {"role": "user", "parts": text("川か、道か")},
        {"role": "agent", "parts": text("道\n")},
    ]}});
    assert_eq!(
        asked(Protocol::A2a, &ask),
        json!({"jsonrpc": "2.0", "id": "request-1", "method": "message/stream", "params": {"message": message}})
    );

    ask.history.clear();
    let message = &asked(Protocol::A2a, &ask)["params"]["message"];
    assert_eq!(message["metadata"], Value::Null);
}

#[test]
fn files_come_in_each_protocols_own_parts() {
    let file = |name| File::new(Some(name), None, Bytes::from_static(b"x")).unwrap();
    let mut ask = ask();
    ask.history.truncate(1);
    ask.history[0].files = vec![file("a.png")];
    ask.files = vec![file("b.pdf")];

    let source = |media_type| json!({"type": "data", "value": "eA==", "mimeType": media_type});
    let messages = &asked(Protocol::AgUi, &ask)["messages"];
    assert_eq!(
        [&messages[0]["content"], &messages[1]["content"]],
        [
            &json!([{"type": "text", "text": "川か、道か"},
                {"type": "image", "source": source("image/png"), "metadata": {"filename": "a.png"}}]),
            &json!([{"type": "text", "text": "今日は?"},
                {"type": "document", "source": source("application/pdf"), "metadata": {"filename": "b.pdf"}}]),
        ]
    );

    let part = |name, media_type| json!({"kind": "file", "file": {"name": name, "mimeType": media_type, "bytes": "eA=="}});
    let message = &asked(Protocol::A2a, &ask)["params"]["message"];
    assert_eq!(message["parts"][1], part("b.pdf", "application/pdf"));
    assert_eq!(
        message["metadata"]["history"][0]["parts"][1],
        part("a.png", "image/png")
    );

    let payload = asked(Protocol::Http, &ask);
    assert_eq!(
        payload["files"],
        json!([{"name": "b.pdf", "mediaType": "application/pdf", "data": "eA=="}])
    );
    assert_eq!(payload["history"][0]["files"][0]["name"], "a.png");

    // Alone, without an empty text beside them.
    ask.question.clear();
    assert_eq!(
        asked(Protocol::AgUi, &ask)["messages"][1]["content"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        asked(Protocol::A2a, &ask)["params"]["message"]["parts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_server_of_a2a_that_cannot_stream_gets_the_same_message() {
    let again: Value = serde_json::from_slice(&not_streamed(&ask()).unwrap()).unwrap();
    assert_eq!(again["method"], "message/send");
    assert_eq!(again["params"], asked(Protocol::A2a, &ask())["params"]);
}

#[test]
fn what_a_client_of_ag_ui_sends_goes_on_as_it_was_sent() {
    let json = |json: &str| Json(json.to_owned());
    let sent = RunInput {
        messages: vec![json(
            r#"{"id":"m-1","role":"user","content":[{"type":"text","text":"今日は?"}]}"#,
        )],
        state: Some(json(r#"{"theme" : "dark"}"#)),
        tools: Some(json(r#"[{"name":"paint"}]"#)),
        context: None,
        forwarded_props: Some(json("null")),
        ..RunInput::default()
    };
    let ask = Ask {
        run_input: Some(Arc::new(sent)),
        ..ask()
    };
    assert_eq!(
        asked(Protocol::AgUi, &ask),
        json!({"threadId": "s", "runId": "request-1", "state": {"theme": "dark"}, "tools": [{"name": "paint"}],
            "context": [], "forwardedProps": null,
            "messages": [{"id": "m-1", "role": "user", "content": [{"type": "text", "text": "今日は?"}]}]})
    );
}

fn answering(outcome: Outcome) -> Ask {
    let response = Response {
        id: "asked-1".to_owned(),
        name: "city".to_owned(),
        input: Json("null".to_owned()),
        outcome,
    };
    Ask {
        question: String::new(),
        history: Vec::new(),
        responses: Arc::new([response]),
        ..ask()
    }
}

#[test]
fn an_answer_goes_back_as_each_protocol_wants_it() {
    let output = |json: &str| Outcome::Output(Json(json.to_owned()));
    for (outcome, resolved, part) in [
        (
            output(r#""東京""#),
            json!("東京"),
            json!({"kind": "text", "text": "東京"}),
        ),
        (
            output(r#"{"a":1}"#),
            json!({"a": 1}),
            json!({"kind": "data", "data": {"a": 1}}),
        ),
        (output("3"), json!(3), json!({"kind": "text", "text": "3"})),
        (
            Outcome::Approved,
            json!({"approved": true}),
            json!({"kind": "text", "text": "yes"}),
        ),
        (
            Outcome::Denied(Some("雨".to_owned())),
            json!({"approved": false, "reason": "雨"}),
            json!({"kind": "text", "text": "雨"}),
        ),
        (
            Outcome::Failed("broken".to_owned()),
            json!({"error": "broken"}),
            json!({"kind": "text", "text": "broken"}),
        ),
    ] {
        let ask = answering(outcome);
        let resume = &asked(Protocol::AgUi, &ask)["resume"];
        let expected =
            json!([{"interruptId": "asked-1", "status": "resolved", "payload": resolved}]);
        assert_eq!(*resume, expected);
        let message = &asked(Protocol::A2a, &ask)["params"]["message"];
        assert_eq!(
            (&message["taskId"], &message["contextId"]),
            (&json!("asked-1"), &json!("s"))
        );
        assert_eq!(message["parts"], json!([part]));
    }
    let cancelled = &asked(Protocol::AgUi, &answering(Outcome::Cancelled))["resume"];
    assert_eq!(
        *cancelled,
        json!([{"interruptId": "asked-1", "status": "cancelled"}])
    );
    assert_eq!(asked(Protocol::AgUi, &ask()).get("resume"), None);
}

#[test]
fn an_answer_goes_to_the_interrupt_that_it_is_about() {
    let answered = |ids: [&str; 2]| {
        let [first, second] = ids;
        let mut ask = answering(Outcome::Approved);
        let mut responses = [ask.responses[0].clone(), ask.responses[0].clone()];
        first.clone_into(&mut responses[0].id);
        second.clone_into(&mut responses[1].id);
        responses[1].outcome = Outcome::Denied(Some("雨".to_owned()));
        ask.responses = responses.into();
        ask
    };
    // LangChain wants one answer to all calls of an interrupt.
    let ask = answered(["i1/decisions/0", "i1/decisions/1"]);
    let decisions = json!([{"type": "approve"}, {"type": "reject", "message": "雨"}]);
    assert_eq!(
        asked(Protocol::AgUi, &ask)["resume"],
        json!([{"interruptId": "i1", "status": "resolved", "payload": {"decisions": decisions}}])
    );
    // Strands wants to be told which interrupt of the task it is.
    let ask = answered(["t1/interrupts/v1:x", "t1/interrupts/v1:y"]);
    let message = &asked(Protocol::A2a, &ask)["params"]["message"];
    let part = |id: &str, response: bool| json!({"kind": "data", "data": {"interruptResponse": {"interruptId": id, "response": response}}});
    assert_eq!(message["taskId"], "t1");
    assert_eq!(
        message["parts"],
        json!([part("v1:x", true), part("v1:y", false)])
    );
}

#[test]
fn answers_take_the_place_of_the_question() {
    let blocks = json!([{"interruptResponse": {"interruptId": "asked-1", "response": "yes"}}]);
    let resume = json!({"asked-1": "yes"});
    let ask = answering(Outcome::Output(Json(r#""yes""#.to_owned())));
    let templated = |template| {
        let template = RequestTemplate::try_from(template).unwrap();
        let body = payload(Protocol::default(), Some(&template), &ask).unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    assert_eq!(
        asked(Protocol::Http, &ask),
        json!({"prompt": blocks, "sessionId": "s", "resume": resume})
    );
    let template = json!({"input": {"prompt": "${question}"}, "id": "${session}"});
    assert_eq!(
        templated(template),
        json!({"input": {"prompt": blocks}, "id": "s", "resume": resume})
    );
    assert_eq!(templated(json!(["${messages}"])), json!([[]]));
}
