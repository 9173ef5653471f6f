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
