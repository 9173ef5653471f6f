use std::time::Duration;

use http::Request;
use uuid::Uuid;

use super::*;
use crate::running::identity::TraceId;
use crate::services::lambda::{AuthType, InvokeMode};

const URL_ID: &str = "abcdefghijklmnopqrstuvwxyz012345";

fn event_of(request: http::request::Builder, body: &[u8], signed_by: Option<&AccessKey>) -> Value {
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let target = UrlTarget {
        function_name: "magi".to_owned(),
        qualifier: Some("live".to_owned()),
        auth_type: AuthType::None,
        cors: None,
        invoke_mode: InvokeMode::ResponseStream,
        account_id: "123456789012".to_owned(),
        region: "ap-northeast-1".to_owned(),
    };
    let received = UNIX_EPOCH + Duration::from_millis(1_783_711_146_789);
    event(&UrlRequest {
        parts: &parts,
        body,
        source_ip: [127, 0, 0, 1].into(),
        url_id: URL_ID,
        target: &target,
        signed_by,
        identity: &Identity {
            request_id: "f0c1a7d2-1111-4222-8333-444455556666".to_owned(),
            trace_id: TraceId::new(received, Uuid::from_u128(7)),
        },
        received,
    })
}

/// The shape of hotsock/voker's recording of a real function URL, 10 July 2026.
#[test]
fn a_request_becomes_the_event_that_aws_makes() {
    let request = Request::post(
        "/capture/space%20value?repeat=one&repeat=two&literalPlus=a+b&empty=&bare&enc=%E8%B3%9B",
    )
    .header("Host", "127.0.0.1:9000")
    .header("Connection", "keep-alive")
    .header("User-Agent", "voker-probe/1")
    .header("Content-Type", "application/json")
    .header("X-Twice", "one")
    .header("X-Twice", "two")
    .header("Cookie", "a=1; b=2");

    let event = event_of(request, "{\"question\":\"賛成?\"}".as_bytes(), None);

    assert_eq!(
        event,
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/capture/space%20value",
            "rawQueryString":
                "repeat=one&repeat=two&literalPlus=a+b&empty=&bare&enc=%E8%B3%9B",
            "cookies": ["a=1", "b=2"],
            "headers": {
                "host": format!("{URL_ID}.lambda-url.ap-northeast-1.on.aws"),
                "user-agent": "voker-probe/1",
                "content-type": "application/json",
                "cookie": "a=1; b=2",
                "x-twice": "one,two",
                "x-forwarded-for": "127.0.0.1",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https",
                "x-amzn-tls-version": "TLSv1.3",
                "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
                "x-amzn-trace-id": "Root=1-6a5145aa-000000000000000000000000",
            },
            "queryStringParameters": {
                "repeat": "one,two", "literalPlus": "a b", "empty": "", "bare": "", "enc": "賛",
            },
            "requestContext": {
                "accountId": "anonymous",
                "apiId": URL_ID,
                "domainName": format!("{URL_ID}.lambda-url.ap-northeast-1.on.aws"),
                "domainPrefix": URL_ID,
                "http": {
                    "method": "POST",
                    "path": "/capture/space value",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "voker-probe/1",
                },
                "requestId": "f0c1a7d2-1111-4222-8333-444455556666",
                "routeKey": "$default",
                "stage": "$default",
                "time": "10/Jul/2026:19:19:06 +0000",
                "timeEpoch": 1_783_711_146_789_u64,
            },
            "body": "{\"question\":\"賛成?\"}",
            "isBase64Encoded": false,
        })
    );
}

#[test]
fn what_a_request_does_not_have_is_left_out() {
    let event = event_of(Request::get("/"), b"", None);

    assert_eq!(event["rawQueryString"], "");
    for absent in ["body", "cookies", "queryStringParameters"] {
        assert_eq!(event.get(absent), None, "{absent}");
    }
    assert_eq!(event["isBase64Encoded"], false);
}

#[test]
fn only_text_is_passed_as_text() {
    for (content_type, body, expected, is_base64) in [
        (Some("text/plain"), &b"hi"[..], "hi", false),
        (Some("application/json; charset=utf-8"), b"{}", "{}", false),
        (Some("image/svg+xml"), b"<svg/>", "<svg/>", false),
        (
            Some("application/x-www-form-urlencoded"),
            b"a=1",
            "YT0x",
            true,
        ),
        (
            Some("multipart/form-data; boundary=x"),
            b"--x",
            "LS14",
            true,
        ),
        (Some("application/octet-stream"), b"hi", "aGk=", true),
        (None, b"hi", "aGk=", true),
        (Some("text/plain"), b"\xff", "/w==", true),
    ] {
        let mut request = Request::post("/");
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let event = event_of(request, body, None);

        assert_eq!(event["body"], expected, "{content_type:?}");
        assert_eq!(event["isBase64Encoded"], is_base64, "{content_type:?}");
    }
}

#[test]
fn a_signed_request_tells_who_signed() {
    let key = AccessKey {
        access_key_id: "AKIDLOCAL".to_owned(),
        secret_access_key: "never passed on".to_owned(),
        user_id: "AIDALOCAL".to_owned(),
        arn: "arn:aws:iam::123456789012:user/developer".to_owned(),
        session: None,
    };

    let event = event_of(Request::get("/"), b"", Some(&key));

    let context = &event["requestContext"];
    assert_eq!(context["accountId"], "123456789012");
    assert_eq!(
        context["authorizer"]["iam"],
        json!({
            "accessKey": "AKIDLOCAL",
            "accountId": "123456789012",
            "callerId": "AIDALOCAL",
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": "arn:aws:iam::123456789012:user/developer",
            "userId": "AIDALOCAL",
        })
    );
    assert!(!event.to_string().contains("never passed on"));
}

#[test]
fn proxies_on_the_way_are_kept() {
    let request = Request::get("/").header("x-forwarded-for", "10.0.0.1");
    let event = event_of(request, b"", None);

    assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 127.0.0.1");
}
