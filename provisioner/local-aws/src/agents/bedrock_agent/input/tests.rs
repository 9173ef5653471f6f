use bytes::Bytes;
use http::Request;

use super::*;
use crate::route::{Service, route};

fn read(path: &str, body: &str) -> Result<Input, ApiError> {
    let (parts, ()) = Request::post(path).body(()).unwrap().into_parts();
    Input::read(&route(
        Service::Bedrock,
        parts,
        Bytes::from(body.to_owned()),
    )?)
}

fn path(agent: &str, alias: &str, session: &str) -> String {
    format!("/agents/{agent}/agentAliases/{alias}/sessions/{session}/text")
}

#[test]
fn a_request_is_read() {
    let input = read(
        &path("MAGICOUNCL", "LIVE", "tab%3A1"),
        r#"{"inputText":"賛成?","enableTrace":true,"memoryId":"m-1","unknown":[],
            "streamingConfigurations":{"streamFinalResponse":true}}"#,
    );

    assert_eq!(
        input.unwrap(),
        Input {
            session_id: "tab:1".to_owned(),
            memory_id: Some("m-1".to_owned()),
            question: "賛成?".to_owned(),
            enable_trace: true,
            stream_final_response: true,
            end_session: false,
            returned: None,
        }
    );
}

#[test]
fn identifiers_have_bedrocks_patterns() {
    let ask = r#"{"inputText":"a"}"#;
    for (agent, alias, session, member) in [
        ("magi_agent-4ORNam2cHb", "LIVE", "s-1", "agentId"),
        ("MAGICOUNCL", "LI-VE", "s-1", "agentAliasId"),
        ("MAGICOUNCL", "LIVE", "s", "sessionId"),
        ("MAGICOUNCL", "LIVE", "a%20b", "sessionId"),
        ("MAGICOUNCL", "LIVE", &"s".repeat(101), "sessionId"),
    ] {
        let error = read(&path(agent, alias, session), ask).unwrap_err();
        assert_eq!(error.code, "ValidationException");
        assert!(error.message.contains(&format!("at '{member}'")), "{error}");
    }
    assert_eq!(
        read(&path("magi_agent-4O", "LIVE", "s-1"), ask)
            .unwrap_err()
            .message,
        "2 validation errors detected: Value 'magi_agent-4O' at 'agentId' failed to satisfy \
         constraint: Member must have length less than or equal to 10; Value 'magi_agent-4O' \
         at 'agentId' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: ^[0-9a-zA-Z]+$"
    );
}

#[test]
fn a_question_may_be_missing_only_at_the_end_or_after_returned_control() {
    let at = path("MAGICOUNCL", "LIVE", "s-1");

    for body in ["", "{}", r#"{"inputText":""}"#] {
        let error = read(&at, body).unwrap_err();
        assert_eq!(error.code, "ValidationException", "{body}");
    }
    for body in [
        r#"{"endSession":true}"#,
        r#"{"sessionState":{"invocationId":"i","returnControlInvocationResults":[{}]}}"#,
    ] {
        assert!(read(&at, body).is_ok(), "{body}");
    }
}
