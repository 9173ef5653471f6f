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
