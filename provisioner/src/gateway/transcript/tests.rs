use serde_json::Value;

use super::*;

fn plain(read: impl FnMut(&Value) -> Option<Event>, events: &[&str]) -> (String, Option<End>) {
    let mut transcript = Transcript::default();
    let text: String = events
        .iter()
        .map(|data| serde_json::from_str(data).unwrap())
        .collect::<Vec<Value>>()
        .iter()
        .filter_map(read)
        .map(|event| transcript.show(event))
        .collect();
    (
        anstream::adapter::strip_str(&text).to_string(),
        transcript.end(),
    )
}

#[test]
fn shows_who_says_what_and_how_it_ended() {
    let (text, end) = plain(
        magi::read,
        &[
            r#"{"type":"start","sessionId":"s"}"#,
            r#"{"type":"agent","agent":"CASPAR","name":"カスパー","role":"sage"}"#,
            r#"{"type":"status","agent":"CASPAR","state":"thinking"}"#,
            r#"{"type":"chunk","agent":"CASPAR","content":"賛成。","chunkNumber":1}"#,
            r#"{"type":"status","agent":"CASPAR","state":"done"}"#,
            r#"{"type":"reasoning","agent":"SOLOMON","content":"さて…"}"#,
            r#"{"type":"toolCall","agent":"SOLOMON","id":"1","name":"count_votes"}"#,
            r#"{"type":"chunk","agent":"SOLOMON","content":"可","chunkNumber":2}"#,
            r#"{"type":"trace","agent":"SOLOMON","trace":{"step":"orchestration"}}"#,
            r#"{"type":"chunk","agent":"SOLOMON","content":"決\u001b]0;x\u0007","chunkNumber":3}"#,
            r#"{"type":"citation","agent":"SOLOMON","sources":[{"location":"s3://laws/1.pdf"}]}"#,
            r#"{"type":"complete","executionTime":12345,"chunkCount":3,"totalBytes":15,"usage":{"inputTokens":1,"outputTokens":2}}"#,
        ],
    );

    assert_eq!(end, Some(End::Complete));
    insta::assert_snapshot!(text, @"
    カスパー thinking

    カスパー
    賛成。
    カスパー done

    SOLOMON
    さて…
    SOLOMON uses count_votes

    SOLOMON
    可決]0;x
    SOLOMON cites s3://laws/1.pdf

    complete in 12.3 s, 3 chunks, 15 bytes, 1 tokens in, 2 out
    ");
}

#[test]
fn a_failure_and_a_missing_end_are_not_a_success() {
    let (text, end) = plain(
        magi::read,
        &[r#"{"type":"error","error":"idle","message":"too long"}"#],
    );
    assert_eq!(
        (text.as_str(), end),
        ("\nfailed: too long (idle)\n", Some(End::Failed))
    );

    let chunk = r#"{"type":"chunk","agent":"a","content":"x"}"#;
    assert_eq!(plain(magi::read, &[chunk]).1, None);
}

#[test]
fn the_first_end_is_the_one_that_counts() {
    let failed = r#"{"type":"error","errorText":"throttled"}"#;
    let finish = r#"{"type":"finish"}"#;

    assert_eq!(plain(ai_sdk::read, &[failed, finish]).1, Some(End::Failed));
    assert_eq!(
        plain(ai_sdk::read, &[finish, failed]).1,
        Some(End::Complete)
    );
}

#[test]
fn the_dialects_of_others_are_shown_too() {
    let (text, end) = plain(
        ai_sdk::read,
        &[
            r#"{"type":"start"}"#,
            r#"{"type":"text-delta","id":"1","delta":"可"}"#,
            r#"{"type":"text-delta","id":"1","delta":"決"}"#,
            r#"{"type":"finish"}"#,
        ],
    );
    assert_eq!(
        (text.as_str(), end),
        ("\nassistant\n可決\n\ncomplete\n", Some(End::Complete))
    );

    let mut ag_ui = ag_ui::AgUi::default();
    let (text, end) = plain(
        |data| ag_ui.read(data),
        &[
            r#"{"type":"RUN_STARTED","threadId":"t","runId":"r"}"#,
            r#"{"type":"SUBAGENT_STARTED","subagentRunId":"1","name":"CASPAR"}"#,
            r#"{"type":"TEXT_MESSAGE_CONTENT","subagentRunId":"1","messageId":"m","delta":"賛成"}"#,
            r#"{"type":"TEXT_MESSAGE_CONTENT","messageId":"n","delta":"可決"}"#,
            r#"{"type":"RUN_ERROR","message":"broke","code":"connection_lost"}"#,
        ],
    );
    assert_eq!(end, Some(End::Failed));
    insta::assert_snapshot!(text, @"
    CASPAR started

    CASPAR
    賛成

    assistant
    可決

    failed: broke (connection_lost)
    ");

    let (text, end) = plain(
        open_ai::read,
        &[
            r#"{"model":"magi","choices":[{"delta":{"role":"assistant"}}]}"#,
            r#"{"model":"magi","choices":[{"delta":{"content":"可決"}}]}"#,
            r#"{"error":{"message":"broke","type":"server_error","code":null}}"#,
        ],
    );
    assert_eq!(
        (text.as_str(), end),
        (
            "\nmagi\n可決\n\nfailed: broke (server_error)\n",
            Some(End::Failed)
        )
    );
}

#[test]
fn agents_are_told_apart_by_colour_where_there_is_any() {
    let mut transcript = Transcript::default();
    let mut said = |agent: &str| {
        transcript.show(Event::Text {
            agent: agent.to_owned(),
            text: "可".to_owned(),
        })
    };
    let (caspar, balthasar) = (said("CASPAR"), said("BALTHASAR"));

    assert!(caspar.contains("\u{1b}[36m可") && balthasar.contains("\u{1b}[35m可"));
    // It keeps its colour.
    assert_eq!(said("CASPAR"), format!("\n{caspar}"));
    let plain = anstream::adapter::strip_str(&caspar).to_string();
    assert_eq!(plain, "\nCASPAR\n可");
}
