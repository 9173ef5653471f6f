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
    FunctionUrlEvent::decode(event.to_string()).unwrap()
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
        ("POST", "//", Ok(Route::Ask(Kind::Magi))),
        ("POST", "//ai-sdk", Ok(Route::Ask(Kind::AiSdk))),
        ("POST", "/ai-sdk/", Ok(Route::Ask(Kind::AiSdk))),
        (
            "POST",
            "//openai/v1//chat/completions/",
            Ok(Route::Ask(Kind::OpenAi)),
        ),
        ("GET", "/healthz/", Ok(Route::Health)),
        (
            "GET",
            "/openai/v1/models/magi",
            Ok(Route::Model("magi".to_owned())),
        ),
        ("POST", "/openai/v1/models/magi", Err(405)),
        ("GET", "/openai/v1/models/magi/x", Err(404)),
        ("POST", "/openai/v1", Err(404)),
        ("POST", "/AI-SDK", Err(404)),
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
fn a_refusal_speaks_the_language_of_the_path_or_of_accept() {
    let mut request = event("POST", "/", &json!({}));
    for (path, expected) in [
        ("/elsewhere", Kind::Magi),
        ("/ai-sdk/elsewhere", Kind::AiSdk),
        ("//ag-ui", Kind::AgUi),
        ("/openai", Kind::OpenAi),
    ] {
        request["rawPath"] = json!(path);
        assert_eq!(kind(&decode(&request)), expected, "{path}");
    }
    request["rawPath"] = json!("/elsewhere");
    request["headers"]["accept"] = json!("text/event-stream; dialect=openai");
    assert_eq!(kind(&decode(&request)), Kind::OpenAi);
}

#[test]
fn another_method_is_told_which_ones_there_are() {
    for (method, path, allow) in [
        ("GET", "/ai-sdk", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/openai/v1/models", "GET, HEAD"),
    ] {
        let refusal = route(&decode(&event(method, path, &json!({})))).unwrap_err();
        assert_eq!((refusal.status, refusal.allow), (405, Some(allow)));
    }
}
