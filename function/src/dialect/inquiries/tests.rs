use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::*;
use crate::agent::Outcome;

fn origin() -> Origin {
    Origin {
        session_id: "s_1".to_owned(),
        invocation_id: "r-1".to_owned(),
        agent: "MAGI".to_owned(),
    }
}

fn inquiry(id: &str, kind: InquiryKind) -> Inquiry {
    Inquiry {
        id: id.to_owned(),
        kind,
        name: "close the park".to_owned(),
        input: json!({"park": "上野"}),
        message: Some("Really?".to_owned()),
        ..Inquiry::default()
    }
}

fn asked() -> Asked {
    Asked::Inquiries(vec![
        inquiry("tooluse_a_0", InquiryKind::Call),
        inquiry("v1:b", InquiryKind::Approval),
        inquiry("c", InquiryKind::Question),
    ])
}

fn answered(id: &str, output: Output<'static>) -> Answered<'static> {
    Answered {
        id: id.to_owned(),
        input: Cow::Borrowed(r#"{"park":"上野"}"#),
        output,
    }
}

fn drafted(answers: Vec<Answered<'_>>, session_id: Option<&str>) -> Result<Draft, String> {
    let mut draft = Draft {
        session_id: session_id.map(ToOwned::to_owned),
        ..Draft::default()
    };
    match answer(answers, &mut draft) {
        Ok(()) => Ok(draft),
        Err(refusal) => {
            assert_eq!(
                (refusal.status, refusal.code),
                (400, "invalid_return_control")
            );
            Err(refusal.message)
        }
    }
}

#[test]
fn an_inquiry_is_a_call_and_its_answer_finds_back() {
    let asked = asked();
    let calls = calls(&origin(), &asked);
    let names: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(
        names,
        ["close_the_park", "approve_close_the_park", "close_the_park"]
    );
    assert_eq!(*calls[0].input, json!({"park": "上野"}));
    assert_eq!(
        *calls[2].input,
        json!({"input": {"park": "上野"}, "message": "Really?"})
    );
    assert!(
        calls
            .iter()
            .all(|call| is_inquiry(&call.id) && is_call(&call.id))
    );

    let answers = vec![
        // In any order.
        answered(&calls[2].id, Output::Content("[1]".to_owned())),
        answered(&calls[0].id, Output::Content("[1]".to_owned())),
        answered(&calls[1].id, Output::Content("Yes".to_owned())),
    ];
    let draft = drafted(answers, None).unwrap();
    assert_eq!(draft.session_id.as_deref(), Some("s_1"));
    let answers = draft.answers.unwrap();
    assert_eq!(answers.agent, "MAGI");
    let expected = [
        // What a tool gives back is a text as it is; what somebody answers may be JSON.
        ("tooluse_a_0", Outcome::Output(Json(r#""[1]""#.to_owned()))),
        ("v1:b", Outcome::Approved),
        ("c", Outcome::Output(Json("[1]".to_owned()))),
    ];
    let found = answers.responses.iter();
    let found: Vec<_> = found
        .map(|it| (it.id.as_str(), it.outcome.clone()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(answers.responses[0].name, "close the park");
    assert_eq!(answers.responses[0].input.0, r#"{"park":"上野"}"#);
}

#[test]
fn answers_that_would_reach_an_agent_by_mistake_are_refused() {
    let ids = {
        let asked = asked();
        calls(&origin(), &asked)
            .into_iter()
            .map(|call| call.id)
            .collect::<Vec<_>>()
    };
    let all = || {
        ids.iter()
            .map(|id| answered(id, Output::Approved))
            .collect::<Vec<_>>()
    };
    // Some of them, all in a foreign session, and those of an invocation before.
    let message = drafted(all().into_iter().skip(1).collect(), None).unwrap_err();
    assert!(
        message.contains("waits for 3 answers, and 2 came"),
        "{message}"
    );
    let message = drafted(all(), Some("s_2")).unwrap_err();
    assert!(message.contains("another session"), "{message}");
    assert!(drafted(all(), Some("s_1")).is_ok());
    let later = Origin {
        invocation_id: "r-2".to_owned(),
        ..origin()
    };
    let asked = asked();
    let later: Vec<_> = calls(&later, &asked)
        .into_iter()
        .map(|call| call.id)
        .collect();
    assert!(!are_of_one_invocation(&ids[0], &later[0]));
    let mixed = all()
        .into_iter()
        .chain([answered(&later[0], Output::Approved)]);
    let message = drafted(mixed.collect(), None).unwrap_err();
    assert!(message.contains("and 1 came"), "{message}");
    // Twice the same is one answer.
    let twice = vec![
        answered(&ids[0], Output::Approved),
        answered(&ids[0], Output::Approved),
        answered(&ids[1], Output::Approved),
    ];
    assert!(drafted(twice, None).is_err());
}

#[test]
fn an_approval_is_a_yes_or_a_no_and_anything_else_is_told_as_it_is() {
    let outcome = |output: Output<'static>| {
        let asked = Asked::Inquiries(vec![inquiry("a", InquiryKind::Approval)]);
        let id = calls(&origin(), &asked)[0].id.clone();
        let draft = drafted(vec![answered(&id, output)], None).unwrap();
        draft.answers.unwrap().responses[0].outcome.clone()
    };
    assert_eq!(outcome(Output::Json("true")), Outcome::Approved);
    assert_eq!(outcome(Output::Json(r#""reject""#)), Outcome::Denied(None));
    let reason = || Some("too late".to_owned());
    assert_eq!(outcome(Output::Denied(reason())), Outcome::Denied(reason()));
    let edit = r#"{"type":"edit"}"#;
    assert_eq!(
        outcome(Output::Json(edit)),
        Outcome::Output(Json(edit.to_owned()))
    );
}

#[test]
fn what_is_sent_as_the_content_of_a_message_goes_on_with_its_broken_characters_mended() {
    let outcome = |kind, content: &str| {
        let asked = Asked::Inquiries(vec![inquiry("a", kind)]);
        let id = calls(&origin(), &asked)[0].id.clone();
        let output = Output::Content(content.to_owned());
        let draft = drafted(vec![answered(&id, output)], None).unwrap();
        draft.answers.unwrap().responses[0].outcome.clone()
    };
    let json = |json: &str| Outcome::Output(Json(json.to_owned()));
    assert_eq!(
        outcome(InquiryKind::Question, r#"{"a":"\ud83d","b":1e999}"#),
        json(r#"{"a":"\ufffd","b":1e999}"#)
    );
    // What a tool has given back is a text.
    assert_eq!(outcome(InquiryKind::Call, "[1]"), json(r#""[1]""#));
}

#[test]
fn other_ids_are_not_ours() {
    assert!(!is_call(&format!("rc_{}_i_0", "s".repeat(10_000))));
    for id in ["call_1", "ask_", "ask_x", "ask_eyJzIjoxfQ", "rc_", ""] {
        assert!(!is_call(id), "{id}");
    }
    assert!(is_call("rc_s_i_0"));
    assert!(!is_inquiry("rc_s_i_0"));
    assert!(!is_call(&format!("ask_{}", "a".repeat(10_000))));
    let nonsense: Value =
        json!({"s": "s", "v": "v", "a": "a", "i": 9, "c": 1, "k": "call", "d": "d", "n": "n"});
    let code = URL_SAFE_NO_PAD.encode(nonsense.to_string());
    assert!(!is_call(&format!("ask_{code}")));
}
