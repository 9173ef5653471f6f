//! The caller of an answer that fails gets a code, never the words of the agent or of AWS.

use std::time::Duration;

use serde_json::json;

use crate::kind::Kind;
use crate::lambda::{Behaviour, RuntimeApi};
use crate::process::{AGENT, Running, events, types};

#[tokio::test]
async fn an_agent_that_breaks_off_ends_in_one_error_and_the_next_question_works() {
    let mut running = Running::start(&[AGENT]).await;

    let (mut answer, mut call) = running.ask("connection").await;
    call.begin().await;
    call.say(b"half").await;
    drop(call);
    let whole = answer.whole().await;
    assert_eq!(
        types(&whole),
        ["start", "agent", "status", "chunk", "error"]
    );
    let last = events(&whole).pop().unwrap();
    assert_eq!(
        (&last["error"], &last["retryable"]),
        (&json!("connection_lost"), &json!(true))
    );
    assert_eq!(last["chunkCount"], 1);

    let (mut answer, mut call) = running.ask("fine again").await;
    call.begin().await;
    call.say(b"yes").await;
    call.end().await;
    assert_eq!(types(&answer.whole().await).last().unwrap(), "complete");
}

#[tokio::test]
async fn an_exception_in_the_stream_is_told_by_code_and_never_in_its_own_words() {
    let mut running = Running::start(&[AGENT]).await;
    for (exception, told) in [
        ("throttlingException", "throttled"),
        ("serviceQuotaExceededException", "quota_exceeded"),
        ("accessDeniedException", "access_denied"),
        ("resourceNotFoundException", "agent_not_found"),
        ("validationException", "rejected"),
        ("conflictException", "session_busy"),
        ("modelNotReadyException", "model_not_ready"),
        ("dependencyFailedException", "dependency_failed"),
        ("badGatewayException", "dependency_failed"),
        ("internalServerException", "agent_unavailable"),
        ("somethingNewException", "agent_unavailable"),
    ] {
        let (mut answer, mut call) = running.ask("q").await;
        call.begin().await;
        let payload = json!({"message": "SECRET"});
        call.message("exception", exception, &payload).await;
        let whole = answer.whole().await;
        assert_eq!(types(&whole), ["start", "error"], "{exception}");
        assert_eq!(events(&whole).pop().unwrap()["error"], told, "{exception}");
        assert!(!whole.contains("SECRET"), "{whole}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_code_and_never_in_its_own_words() {
    for kind in Kind::ALL {
        let mut running = Running::start(&[kind.settings()]).await;
        for (status, code, told) in [
            (402, "ServiceQuotaExceededException", "quota_exceeded"),
            (403, "AccessDeniedException", "access_denied"),
            (404, "ResourceNotFoundException", "agent_not_found"),
            (400, "ValidationException", "rejected"),
            (409, "ConflictException", "session_busy"),
            (409, "RetryableConflictException", "session_busy"),
            (424, "RuntimeClientError", "agent_failed"),
            (500, "InternalServerException", "agent_unavailable"),
            (502, "BadGatewayException", "dependency_failed"),
            (418, "SomethingNewException", "agent_unavailable"),
        ] {
            let (mut answer, mut call) = running.ask("q").await;
            call.refuse(status, code).await;
            let whole = answer.whole().await;
            assert_eq!(types(&whole), ["start", "error"], "{code}");
            assert_eq!(events(&whole).pop().unwrap()["error"], told, "{code}");
            assert!(!whole.contains("SECRET"), "{whole}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_given_up_ends_the_call_of_the_agent_at_once() {
    for kind in Kind::ALL {
        let api = RuntimeApi::with(Behaviour {
            timeout: Duration::from_secs(3),
            ..Behaviour::default()
        })
        .await;
        let mut running = Running::on(api, &[kind.settings()]).await;
        let (mut answer, mut call) = running.ask("q").await;
        call.begin_as(kind.content_type()).await;

        let whole = answer.whole().await;

        assert_eq!(events(&whole).pop().unwrap()["error"], "deadline");
        // The agent has not ended, and it sees that nobody listens any more.
        call.until_left().await;
    }
}
