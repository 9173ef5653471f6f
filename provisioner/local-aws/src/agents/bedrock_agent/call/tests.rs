use super::*;

fn read(path: &str, body: &str) -> Result<Call, Rejected> {
    let agent = Agent {
        name: "SOLOMON".to_owned(),
        id: "MAGICOUNCL".to_owned(),
        alias: "LIVE".to_owned(),
        status: "PREPARED".to_owned(),
    };
    let request = Request::post(path)
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    Call::read(&request, &agent)
}

fn path(agent: &str, alias: &str, session: &str) -> String {
    format!("/agents/{agent}/agentAliases/{alias}/sessions/{session}/text")
}

#[test]
fn a_request_is_read() {
    let call = read(
        &path("MAGICOUNCL", "LIVE", "tab%3A1"),
        r#"{"inputText":"賛成?","enableTrace":true,"memoryId":"m-1","unknown":[],
            "streamingConfigurations":{"streamFinalResponse":true}}"#,
    );

    assert_eq!(
        call.unwrap(),
        Call {
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
        let Err(Rejected::Invalid(message)) = read(&path(agent, alias, session), ask) else {
            panic!("{member} was taken");
        };
        assert!(message.contains(&format!("at '{member}'")), "{message}");
    }
    let Err(Rejected::Invalid(message)) = read(&path("magi_agent-4O", "LIVE", "s-1"), ask) else {
        panic!("taken");
    };
    assert_eq!(
        message,
        "2 validation errors detected: Value 'magi_agent-4O' at 'agentId' failed to satisfy \
         constraint: Member must have length less than or equal to 10; Value 'magi_agent-4O' \
         at 'agentId' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: ^[0-9a-zA-Z]+$"
    );
}

#[test]
fn another_agent_or_alias_does_not_exist() {
    let ask = r#"{"inputText":"a"}"#;
    for (agent, alias) in [("OTHERAGENT", "LIVE"), ("MAGICOUNCL", "TEST")] {
        assert_eq!(
            read(&path(agent, alias, "s-1"), ask),
            Err(Rejected::Unknown)
        );
    }
}

#[test]
fn a_question_may_be_missing_only_at_the_end_or_after_returned_control() {
    let at = path("MAGICOUNCL", "LIVE", "s-1");

    for body in ["", "{}", r#"{"inputText":""}"#] {
        assert!(
            matches!(read(&at, body), Err(Rejected::Invalid(_))),
            "{body}"
        );
    }
    for body in [
        r#"{"endSession":true}"#,
        r#"{"sessionState":{"invocationId":"i","returnControlInvocationResults":[{}]}}"#,
    ] {
        assert!(read(&at, body).is_ok(), "{body}");
    }
}

#[test]
fn other_operations_are_not_emulated() {
    let rejected = read("/agents/A/agentAliases/B/sessions/s-1/memories", "");
    assert!(
        matches!(rejected, Err(Rejected::NotEmulated(_))),
        "{rejected:?}"
    );
}
