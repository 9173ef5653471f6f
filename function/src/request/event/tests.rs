use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;

const MOST: usize = 100;

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
    FunctionUrlEvent::decode(event.to_string()).unwrap()
}

fn text(event: &Value) -> Result<String, (u16, &'static str)> {
    decode(event)
        .into_json_text(MOST)
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
        let refusal = FunctionUrlEvent::decode(event).unwrap_err();
        assert_eq!(refusal.code, "not_a_function_url_event", "{event}");
    }
}

#[test]
fn a_body_is_text_whatever_was_escaped_in_the_event() {
    let mut request = event("POST", "/", &json!({}));
    for body in [
        "",
        "\"\\\u{0}\n/",
        "日本 \u{1f600} \\\"",
        "{\"a\":\"\\u3042\"}",
    ] {
        request["body"] = json!(body);
        assert_eq!(text(&request), Ok(body.to_owned()));
    }
    request["body"] = Value::Null;
    assert_eq!(text(&request), Ok(String::new()));
    for body in [json!(5), json!({}), json!([])] {
        request["body"] = body;
        assert!(FunctionUrlEvent::decode(request.to_string()).is_err());
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_half_a_character_mended() {
    let mut request = event("POST", "/", &json!({}));
    let sent = "\u{feff}{\"question\":\"\\ud83d\"}";
    let read = Ok(r#"{"question":"\ufffd"}"#.to_owned());
    request["body"] = json!(sent);
    assert_eq!(text(&request), read);
    request["body"] = json!(STANDARD.encode(sent));
    request["isBase64Encoded"] = json!(true);
    assert_eq!(text(&request), read);
    request["body"] = json!(STANDARD.encode(b"\xed\xa0\xbd"));
    assert_eq!(text(&request), Ok("\u{fffd}".to_owned()));
    // In the event itself, where another gateway has put it.
    let raw = event("POST", "/", &json!({})).to_string();
    let raw = raw.replace(r#""body":"{}""#, r#""body":"\ud83d{}""#);
    let decoded = FunctionUrlEvent::decode(raw).unwrap();
    assert_eq!(decoded.into_json_text(MOST), Ok("\u{fffd}{}".to_owned()));
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let mut request = event("POST", "/", &json!({}));
    for (length, expected) in [(MOST, Ok(())), (MOST + 1, Err((413, "request_too_large")))] {
        request["body"] = json!("x".repeat(length));
        request["isBase64Encoded"] = json!(false);
        assert_eq!(text(&request).map(drop), expected, "{length}");
    }
    request["isBase64Encoded"] = json!(true);
    request["body"] = json!(STANDARD.encode("x".repeat(MOST + 20)));
    assert_eq!(text(&request), Err((413, "request_too_large")));
}
