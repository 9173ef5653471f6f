use serde_json::{Value, json};

use super::*;

fn event(method: &str, path: &str, body: &Value) -> Value {
    json!({
        "version": "2.0",
        "rawPath": path,
        "headers": {"content-type": "application/json; charset=utf-8"},
        "requestContext": {"http": {"method": method}, "requestId": "r"},
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

fn read_event(event: &Value) -> Result<Request, Refusal> {
    let event = decode(event.to_string().as_bytes())?;
    read(event, TraceLevel::Summary, || Ok("made-up".to_owned()))
}

fn ask(body: &Value) -> Result<Ask, Refusal> {
    match read_event(&event("POST", "/", body))? {
        Request::Ask(ask) => Ok(ask),
        Request::Health => panic!("a question became a health check"),
    }
}

fn refused(body: &Value) -> (u16, &'static str, String) {
    let refusal = ask(body).unwrap_err();
    (refusal.status, refusal.code, refusal.message)
}

#[test]
fn a_question_is_enough() {
    let ask = ask(&json!({"question": "今日の天気は?"})).unwrap();

    assert_eq!(ask.question, "今日の天気は?");
    assert_eq!(ask.session_id, "made-up");
    assert_eq!(ask.trace, TraceLevel::Summary);
}

#[test]
fn every_documented_field_reaches_the_agent() {
    let ask = ask(&json!({
        "question": "q", "sessionId": "a.b:c-1_2".replace('_', ""), "memoryId": "m1",
        "sessionAttributes": {"k": "v"}, "promptSessionAttributes": {"p": "w"},
        "endSession": true, "trace": "off",
    }))
    .unwrap();

    assert_eq!(ask.session_id, "a.b:c-12");
    assert_eq!(ask.memory_id.as_deref(), Some("m1"));
    assert_eq!(ask.session_attributes.unwrap()["k"], "v");
    assert_eq!(ask.prompt_session_attributes.unwrap()["p"], "w");
    assert!(ask.end_session);
    assert_eq!(ask.trace, TraceLevel::Off);
}

#[test]
fn refuses_bad_questions_with_a_code_and_a_sentence() {
    assert_eq!(refused(&json!({"question": " \n　"})).1, "empty_question");
    assert_eq!(refused(&json!({"sessionId": "ab"})).1, "invalid_request");
    assert_eq!(refused(&json!({"question": 5})).1, "invalid_request");
    assert_eq!(refused(&json!(["question"])).1, "invalid_request");
    let (status, code, message) = refused(&json!({"question": "あ".repeat(100_001)}));
    assert_eq!((status, code), (413, "question_too_long"));
    assert!(message.contains("100001"), "{message}");
    assert!(ask(&json!({"question": "あ".repeat(100_000)})).is_ok());
}

#[test]
fn names_the_field_it_does_not_know() {
    let (status, code, message) = refused(&json!({"question": "q", "qestion": "typo"}));

    assert_eq!((status, code), (400, "invalid_request"));
    assert!(message.contains("`qestion`"), "{message}");
}

#[test]
fn refuses_ids_that_bedrock_would_refuse() {
    for id in ["", "a", "日本", "a b", "a/b", &"a".repeat(101)] {
        let (status, code, message) = refused(&json!({"question": "q", "sessionId": id}));
        assert_eq!((status, code), (400, "invalid_id"), "{id}");
        assert!(message.contains("`sessionId`"), "{message}");
    }
}

#[test]
fn refuses_more_trace_than_the_deployment_allows() {
    let request = event("POST", "/", &json!({"question": "q", "trace": "summary"}));
    let event = decode(request.to_string().as_bytes()).unwrap();

    let refusal = read(event, TraceLevel::Off, || Ok(String::new())).unwrap_err();

    assert_eq!(refusal.code, "trace_not_allowed");
}

#[test]
fn refuses_what_is_not_json_or_not_called_json() {
    let mut request = event("POST", "/", &json!({"question": "q"}));
    request["body"] = json!("question=q");
    assert_eq!(read_event(&request).unwrap_err().code, "invalid_json");

    request["headers"] = json!({"content-type": "text/plain"});
    assert_eq!(read_event(&request).unwrap_err().status, 415);
    request["headers"] = json!({});
    assert_eq!(read_event(&request).unwrap_err().status, 415);
}

#[test]
fn reads_a_base64_body_and_refuses_a_broken_one() {
    let mut request = event("POST", "/", &json!({}));
    request["isBase64Encoded"] = json!(true);
    for (body, expected) in [
        (STANDARD.encode(r#"{"question":"はい"}"#), Ok(())),
        ("%%%".to_owned(), Err("invalid_encoding")),
        (STANDARD.encode([0xff, 0xfe]), Err("invalid_encoding")),
    ] {
        request["body"] = json!(body);
        let read = read_event(&request)
            .map(|_| ())
            .map_err(|refusal| refusal.code);
        assert_eq!(read, expected, "{body}");
    }
}

#[test]
fn knows_two_routes() {
    let route = |method, path| {
        read_event(&event(method, path, &json!({"question": "q"})))
            .map(|request| matches!(request, Request::Health))
            .map_err(|refusal| refusal.status)
    };

    assert_eq!(route("GET", "/healthz"), Ok(true));
    assert_eq!(route("POST", ""), Ok(false));
    assert_eq!(route("GET", "/"), Err(405));
    assert_eq!(route("POST", "/healthz"), Err(405));
    assert_eq!(route("POST", "/favicon.ico"), Err(404));
}

#[test]
fn refuses_an_event_of_another_kind() {
    for event in ["", "null", r#"{"question":"q"}"#, r#"{"Records":[]}"#] {
        let refusal = decode(event.as_bytes()).unwrap_err();
        assert_eq!(refusal.code, "not_a_function_url_event", "{event}");
    }
}
