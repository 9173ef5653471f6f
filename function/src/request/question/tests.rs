use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::caller::Known;
use crate::client_json::Json;
use crate::dialect::Kind;
use crate::settings::{Auth, RoleSessions};

fn settings(trace: TraceLevel) -> Settings {
    let agents = AgentsSettings::from_json(
        r#"{"default":"magi","agents":{
            "magi":{"type":"bedrock-agent","agentId":"A","agentAliasId":"B"},
            "research":{"type":"agentcore-runtime","arn":"arn:x/y"}}}"#,
    );
    Settings {
        agents: agents.unwrap(),
        auth: Auth::Iam {
            role_sessions: RoleSessions::Shared,
        },
        pass_caller: false,
        allowed_attributes: vec!["k".to_owned(), "p".to_owned()],
        body_limit: 1024,
        trace,
        keep_alive: Duration::ZERO,
        idle_timeout: Duration::ZERO,
    }
}

fn check(body: &Value, allowed: TraceLevel, caller: &Caller) -> Result<Question, Refusal> {
    let (draft, _) = Kind::Magi.read(&body.to_string())?;
    let new_session_id = || Ok("made-up".to_owned());
    let trace_context = TraceContext::default();
    Question::of(
        draft,
        &settings(allowed),
        caller,
        trace_context,
        new_session_id,
    )
}

fn question(body: &Value) -> Result<Question, Refusal> {
    check(body, TraceLevel::Summary, &known("somebody"))
}

fn known(name: &str) -> Caller {
    Caller::Known(Known::by_signature(name, None))
}

fn refused(body: &Value) -> (u16, &'static str, String) {
    let refusal = question(body).unwrap_err();
    (refusal.status, refusal.code, refusal.message)
}

#[test]
fn a_question_is_enough() {
    let question = question(&json!({"question": "今日の天気は?"})).unwrap();

    assert_eq!(question.agent, "magi");
    assert_eq!(question.session_id, "made-up");
    assert_eq!(question.ask.question, "今日の天気は?");
    assert_eq!(question.ask.trace, TraceLevel::Summary);
}

#[test]
fn explanations_are_made_only_where_they_are_asked_for_and_a_trace_is_allowed() {
    let body = json!({"question": "q", "explain": true});
    assert!(question(&body).unwrap().ask.explain);
    assert!(!question(&json!({"question": "q"})).unwrap().ask.explain);

    let caller = known("somebody");
    let of_off = check(&body, TraceLevel::Off, &caller).unwrap_err();
    assert_eq!((of_off.status, of_off.code), (400, "trace_not_allowed"));
    let off = json!({"question": "q", "explain": true, "trace": "off"});
    assert_eq!(refused(&off).1, "trace_not_allowed");
}

#[test]
fn every_documented_field_reaches_the_agent() {
    let question = question(&json!({
        "question": "q", "agent": "research", "sessionId": "a.b:c-12", "memoryId": "m1",
        "sessionAttributes": {"k": "v"}, "promptSessionAttributes": {"p": "w"},
        "endSession": true, "trace": "off",
    }))
    .unwrap();

    assert_eq!(question.agent, "research");
    assert_eq!(question.session_id, "a.b:c-12");
    let ask = question.ask;
    assert!(ask.memory_id.is_some());
    assert_eq!(ask.session_attributes.unwrap()["k"], "v");
    assert_eq!(ask.prompt_session_attributes.unwrap()["p"], "w");
    assert!(ask.end_session);
    assert_eq!(ask.trace, TraceLevel::Off);
}

#[test]
fn an_answer_to_return_control_needs_no_question() {
    let result = json!({"functionResult": {"actionGroup": "g", "function": "f"}});
    let control = json!({"invocationId": "i", "results": [result]});
    let question = question(&json!({"returnControl": control, "sessionId": "s"})).unwrap();

    let control_back = question.ask.return_control.unwrap();
    assert_eq!(control_back.invocation_id, "i");
    assert_eq!(*control_back.results, [Json(result.to_string())]);
}

#[test]
fn a_session_is_new_when_the_client_has_named_none() {
    let starts = |body: &Value| question(body).unwrap().ask.starts_session;

    assert!(starts(&json!({"question": "q"})));
    assert!(!starts(&json!({"question": "q", "sessionId": "s"})));
}

#[test]
fn another_caller_never_reaches_the_same_session_or_memory() {
    let body = json!({"question": "q", "sessionId": "s1", "memoryId": "m1"});
    let seen_by = |caller: &str| {
        let ask = check(&body, TraceLevel::Summary, &known(caller))
            .unwrap()
            .ask;
        (ask.session_id, ask.memory_id)
    };

    let (one, two) = (seen_by("one"), seen_by("two"));
    assert_eq!(one, seen_by("one"));
    assert_ne!(one.0, two.0);
    assert_ne!(one.1, two.1);
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
    assert!(question(&json!({"question": "あ".repeat(100_000)})).is_ok());
}

#[test]
fn default_is_always_the_name_of_an_agent() {
    let question = question(&json!({"question": "q", "agent": "default"})).unwrap();

    assert_eq!(question.agent, "magi");
}

#[test]
fn names_the_field_or_the_agent_it_does_not_know() {
    let (status, code, message) = refused(&json!({"question": "q", "qestion": "typo"}));
    assert_eq!((status, code), (400, "invalid_request"));
    assert!(message.contains("`qestion`"), "{message}");

    let (status, code, message) = refused(&json!({"question": "q", "agent": "nobody"}));
    assert_eq!((status, code), (404, "unknown_agent"));
    assert!(
        message.contains("`nobody`") && message.contains("magi, research"),
        "{message}"
    );
}

#[test]
fn refuses_ids_that_are_no_ids() {
    for id in ["", "日本", "a b", "a\n", &"a".repeat(257)] {
        let (status, code, message) = refused(&json!({"question": "q", "sessionId": id}));
        assert_eq!((status, code), (400, "invalid_id"), "{id}");
        assert!(message.contains("`sessionId`"), "{message}");
    }
}

#[test]
fn refuses_more_trace_than_the_deployment_allows() {
    let body = json!({"question": "q", "trace": "summary"});

    let refusal = check(&body, TraceLevel::Off, &Caller::Anyone).unwrap_err();

    assert_eq!(refusal.code, "trace_not_allowed");
}

#[test]
fn what_is_not_json_is_refused() {
    let refusal = Kind::Magi.read("question=q").map(|_| ()).unwrap_err();

    assert_eq!((refusal.status, refusal.code), (400, "invalid_json"));
}

#[test]
fn who_does_not_ask_for_a_trace_gets_a_summary_at_most() {
    for (allowed, expected) in [
        (TraceLevel::Full, TraceLevel::Summary),
        (TraceLevel::Summary, TraceLevel::Summary),
        (TraceLevel::Off, TraceLevel::Off),
    ] {
        let question = check(&json!({"question": "q"}), allowed, &known("a")).unwrap();
        assert_eq!(question.ask.trace, expected, "{allowed:?}");
    }
    let asked = json!({"question": "q", "trace": "full"});
    let question = check(&asked, TraceLevel::Full, &known("a")).unwrap();
    assert_eq!(question.ask.trace, TraceLevel::Full);
}

#[test]
fn attributes_that_the_deployment_does_not_list_are_refused_by_name() {
    for field in ["sessionAttributes", "promptSessionAttributes"] {
        for (attributes, mistake) in [
            (json!({"userId": "admin"}), "allowed_attributes"),
            (json!({"k": "v", "K": "v"}), "may set: k, p"),
            (json!({"gatewaySubject": "admin"}), "gateway itself"),
            (json!({"": "v"}), "allowed_attributes"),
        ] {
            let (status, code, message) = refused(&json!({"question": "q", field: attributes}));
            assert_eq!((status, code), (400, "attribute_not_allowed"));
            assert!(
                message.contains(mistake) && message.contains(field),
                "{message}"
            );
        }
        assert!(question(&json!({"question": "q", field: {}})).is_ok());
    }
}

#[test]
fn a_reserved_name_stays_reserved_when_it_is_listed() {
    let mut settings = settings(TraceLevel::Off);
    settings.allowed_attributes = vec!["gatewaySubject".to_owned()];
    let attributes = HashMap::from([("gatewaySubject".to_owned(), "admin".to_owned())]);
    let refusal = check_attributes("sessionAttributes", Some(&attributes), &settings);

    assert_eq!(refusal.unwrap_err().code, "attribute_not_allowed");
}

#[test]
fn agents_are_told_who_asks_only_where_the_deployment_says_so() {
    for (pass_caller, caller, expected) in [
        (false, known("AIDA"), None),
        (true, known("AIDA"), Some("AIDA")),
        (true, Caller::Anyone, None),
    ] {
        let mut settings = settings(TraceLevel::Off);
        settings.pass_caller = pass_caller;
        let (draft, _) = Kind::Magi.read(r#"{"question":"q"}"#).unwrap();
        let new_session_id = || Ok("made-up".to_owned());
        let trace_context = TraceContext::default();
        let question = Question::of(draft, &settings, &caller, trace_context, new_session_id);
        let told = question.unwrap().ask.caller.map(|caller| caller.id);
        assert_eq!(told.as_deref(), expected);
    }
}

#[test]
fn nobody_without_a_name_has_a_memory() {
    let body = json!({"question": "q", "memoryId": "m"});
    let refusal = check(&body, TraceLevel::Off, &Caller::Anyone).unwrap_err();

    assert_eq!(refusal.code, "memory_not_allowed");
}
