use serde_json::json;

use super::*;

const HEALTH: Asking = Asking {
    kind: Probe::Health,
    is_public: false,
    is_buffered: false,
    vpc: None,
    answer_limit: Duration::ZERO,
    is_fresh: true,
};
const ASK: Asking = Asking {
    kind: Probe::Ask,
    ..HEALTH
};

fn answer(status: u16, error_type: Option<&str>, text: &str) -> Observation {
    Observation {
        status,
        error_type: error_type.map(str::to_owned),
        text: text.to_owned(),
        first_byte: Duration::from_millis(40),
        total: Duration::from_millis(50),
        ..Observation::default()
    }
}

/// A stream of `chunks` pieces.
fn stream(chunks: u64, end: Option<Value>) -> Observation {
    Observation {
        chunks,
        content_type: "text/event-stream; charset=utf-8".to_owned(),
        end,
        ..answer(200, None, "")
    }
}

fn cause(seen: &Observation, asking: &Asking) -> (Cause, u64) {
    match judge(seen, asking) {
        Verdict::Broken(cause, patience) => (cause, patience.as_secs()),
        Verdict::Works(proof) => panic!("works: {proof}"),
    }
}

#[test]
fn health_is_an_answer_with_200() {
    let expected = Proof {
        kind: Probe::Health,
        first_byte_ms: 40,
        total_ms: 50,
        chunks: None,
    };
    let seen = answer(200, None, r#"{"status":"ok"}"#);
    assert_eq!(judge(&seen, &HEALTH), Verdict::Works(expected));
}

#[test]
fn a_refusal_of_the_url_may_pass_and_one_of_the_function_does_not() {
    let denied = answer(
        403,
        Some("AccessDeniedException"),
        r#"{"Message":"Forbidden"}"#,
    );
    assert_eq!(cause(&denied, &HEALTH), (Cause::CallerNotAllowed, 60));
    let public = Asking {
        is_public: true,
        ..HEALTH
    };
    assert_eq!(cause(&denied, &public), (Cause::Forbidden, 60));

    let signature = answer(
        403,
        Some("InvalidSignatureException"),
        r#"{"message":"no"}"#,
    );
    let message = "no".to_owned();
    assert_eq!(
        cause(&signature, &HEALTH),
        (Cause::Signature { message }, 0)
    );

    let ours = answer(
        403,
        None,
        r#"{"error":"forbidden","message":"signed only"}"#,
    );
    let message = "signed only".to_owned();
    let status = 403;
    assert_eq!(
        cause(&ours, &HEALTH),
        (Cause::Status { status, message }, 0)
    );
}

#[test]
fn a_function_that_does_not_start_is_told_from_one_that_is_not_allowed_to() {
    let crashed = answer(502, None, "Internal Server Error");
    let message = "Internal Server Error".to_owned();
    assert_eq!(
        cause(&crashed, &HEALTH),
        (Cause::FunctionFailed { message }, 0)
    );

    let throttled = answer(429, Some("TooManyRequestsException"), "");
    assert_eq!(cause(&throttled, &HEALTH), (Cause::Throttled, 10));
}

#[test]
fn a_stream_is_an_answer_in_several_chunks() {
    let end = json!({"type": "complete", "chunkCount": 42, "totalBytes": 2310});
    let Verdict::Works(proof) = judge(&stream(42, Some(end)), &ASK) else {
        panic!("broken");
    };
    assert_eq!(proof.chunks, Some(42));
}

#[test]
fn one_word_is_one_chunk_and_no_fault() {
    let end = json!({"type": "complete", "chunkCount": 1, "totalBytes": 6});
    assert!(matches!(
        judge(&stream(1, Some(end)), &ASK),
        Verdict::Works(_)
    ));
}

#[test]
fn what_does_not_stream_is_told_with_its_cause() {
    let complete = json!({"type": "complete", "chunkCount": 1, "totalBytes": 900});
    let one_chunk = cause(&stream(1, Some(complete.clone())), &ASK);
    assert_eq!(one_chunk, (Cause::OneChunk { bytes: 900 }, 0));

    let mut whole = stream(1, Some(complete));
    whole.has_length = true;
    assert_eq!(cause(&whole, &ASK), (Cause::Buffered, 0));
    let vpc = Asking {
        vpc: Some("vpc-1".to_owned()),
        ..ASK
    };
    let expected = Cause::Vpc {
        vpc: "vpc-1".to_owned(),
    };
    assert_eq!(cause(&whole, &vpc), (expected, 0));

    assert_eq!(cause(&stream(9, None), &ASK), (Cause::Cut, 0));
    let mut json = stream(0, None);
    json.content_type = "application/json".to_owned();
    assert!(matches!(cause(&json, &ASK).0, Cause::NotAStream { .. }));
}

#[test]
fn what_took_long_and_came_at_once_was_held_back() {
    let end = json!({"type": "complete", "totalBytes": 9000, "executionTime": 8000});
    let mut seen = stream(42, Some(end));
    seen.first_byte = Duration::from_millis(8100);
    seen.total = Duration::from_millis(8110);
    assert_eq!(cause(&seen, &ASK), (Cause::HeldBack { took_ms: 8000 }, 0));
    let vpc = Asking {
        vpc: Some("vpc-1".to_owned()),
        ..ASK
    };
    assert!(matches!(cause(&seen, &vpc).0, Cause::Vpc { .. }));

    // A cold start comes before the first byte; then it streams.
    seen.total = Duration::from_millis(16_000);
    assert!(matches!(judge(&seen, &ASK), Verdict::Works(_)));
}

#[test]
fn a_url_that_is_known_to_hold_back_is_named_whatever_comes() {
    let buffered = Asking {
        is_buffered: true,
        ..ASK
    };
    let mut seen = stream(0, None);
    seen.content_type = "application/octet-stream".to_owned();
    assert_eq!(cause(&seen, &buffered), (Cause::Buffered, 0));
}

#[test]
fn a_server_error_of_awss_own_passes() {
    let status = 503;
    let message = String::new();
    let hiccup = answer(status, Some("ServiceUnavailableException"), "");
    let expected = Cause::Status { status, message };
    assert_eq!(cause(&hiccup, &HEALTH), (expected.clone(), 10));
    assert_eq!(cause(&answer(status, None, ""), &HEALTH), (expected, 0));
}

#[test]
fn an_agents_failure_keeps_its_code() {
    use crate::hint::Hint as _;

    let end = json!({"type": "error", "error": "access_denied", "message": "no"});
    let (found, _) = cause(&stream(0, Some(end)), &ASK);

    let hint = found.hint().unwrap();
    assert!(
        hint.starts_with("the agent's own role lacks `bedrock:InvokeModelWithResponseStream`"),
        "{hint}"
    );
}
