use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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

fn decode(event: &Value) -> FunctionUrlEvent {
    FunctionUrlEvent::decode(event.to_string().as_bytes()).unwrap()
}

fn text(event: &Value) -> Result<String, (u16, &'static str)> {
    decode(event)
        .into_json_text()
        .map_err(|refusal| (refusal.status, refusal.code))
}

#[test]
fn each_path_leads_somewhere_by_its_method_only() {
    for (method, path, expected) in [
        ("POST", "", Ok(Route::Ask(Kind::Magi))),
        ("POST", "/", Ok(Route::Ask(Kind::Magi))),
        ("POST", "/ai-sdk", Ok(Route::Ask(Kind::AiSdk))),
        ("POST", "/ag-ui", Ok(Route::Ask(Kind::AgUi))),
        (
            "POST",
            "/openai/v1/chat/completions",
            Ok(Route::Ask(Kind::OpenAi)),
        ),
        ("GET", "/openai/v1/models", Ok(Route::Models)),
        ("GET", "/healthz", Ok(Route::Health)),
        ("HEAD", "/healthz", Ok(Route::Health)),
        ("GET", "/", Err(405)),
        ("HEAD", "/ai-sdk", Err(405)),
        ("POST", "/healthz", Err(405)),
        ("POST", "/favicon.ico", Err(404)),
    ] {
        let routed = route(&decode(&event(method, path, &json!({}))));
        assert_eq!(
            routed.map_err(|refusal| refusal.status),
            expected,
            "{method} {path}"
        );
    }
}

#[test]
fn accept_chooses_a_dialect_where_the_path_does_not() {
    let mut request = event("POST", "/", &json!({}));
    for (accept, expected) in [
        ("*/*", Ok(Route::Ask(Kind::Magi))),
        (
            "text/event-stream; dialect=ag-ui, */*",
            Ok(Route::Ask(Kind::AgUi)),
        ),
        (
            "text/event-stream;dialect=\"openai\"",
            Ok(Route::Ask(Kind::OpenAi)),
        ),
        ("text/event-stream;dialect=klingon", Err(406)),
    ] {
        request["headers"]["accept"] = json!(accept);
        let routed = route(&decode(&request));
        assert_eq!(
            routed.map_err(|refusal| refusal.status),
            expected,
            "{accept}"
        );
    }
}

#[test]
fn refuses_what_is_not_called_json() {
    let mut request = event("POST", "/", &json!({"question": "q"}));
    assert_eq!(text(&request), Ok(r#"{"question":"q"}"#.to_owned()));
    for headers in [json!({"content-type": "text/plain"}), json!({})] {
        request["headers"] = headers;
        assert_eq!(text(&request), Err((415, "unsupported_media_type")));
    }
}

#[test]
fn reads_a_base64_body_and_refuses_a_broken_one() {
    let mut request = event("POST", "/", &json!({}));
    request["isBase64Encoded"] = json!(true);
    let question = r#"{"question":"はい"}"#;
    for (body, expected) in [
        (STANDARD.encode(question), Ok(question.to_owned())),
        ("%%%".to_owned(), Err((400, "invalid_encoding"))),
        (
            STANDARD.encode([0xff, 0xfe]),
            Err((400, "invalid_encoding")),
        ),
    ] {
        request["body"] = json!(body);
        assert_eq!(text(&request), expected, "{body}");
    }
}

#[test]
fn refuses_an_event_of_another_kind() {
    for event in ["", "null", r#"{"question":"q"}"#, r#"{"Records":[]}"#] {
        let refusal = FunctionUrlEvent::decode(event.as_bytes()).unwrap_err();
        assert_eq!(refusal.code, "not_a_function_url_event", "{event}");
    }
}
