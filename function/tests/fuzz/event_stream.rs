//! Whatever message comes after a word of the answer is read as the SDK reads it.

use aws_smithy_types::event_stream::HeaderValue;
use gateway::relay::Moment;
use proptest::prelude::*;

use crate::replayed::{End, Replayed, Upstream, frame_with, headers};

/// How an upstream sends a word: the kind of message, and the payload of the first one.
type Word = (Upstream, &'static str, &'static str);

const CHUNK: Word = (Upstream::BedrockAgent, "chunk", r#"{"bytes":"IQ=="}"#);
const DELTA: Word = (
    Upstream::Harness,
    "contentBlockDelta",
    r#"{"contentBlockIndex":0,"delta":{"text":"!"}}"#,
);

/// What is told of `rest` after a word whose headers are those of AWS and `more`.
fn told_after(word: Word, more: Option<&str>, rest: &[u8], piece: usize) -> Vec<Moment> {
    let (upstream, kind, payload) = word;
    let mut first = headers("event", kind);
    first.extend(more.map(|name| (name.to_owned(), HeaderValue::Bool(true))));
    let bytes = [&frame_with(&first, payload.as_bytes()), rest].concat();
    let pieces: Vec<&[u8]> = bytes.chunks(piece).collect();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    runtime.block_on(Replayed::new(upstream).told(&pieces, End::Clean))
}

fn any_header() -> impl Strategy<Value = (String, HeaderValue)> {
    let name = prop_oneof![
        Just(":event-type"),
        Just(":message-type"),
        Just(":content-type"),
        Just("x"),
    ];
    let text = prop_oneof![
        Just("chunk"),
        Just("contentBlockDelta"),
        Just("event"),
        Just("exception"),
        Just("y")
    ];
    let value = prop_oneof![
        text.prop_map(|text| HeaderValue::String(text.to_owned().into())),
        any::<bool>().prop_map(HeaderValue::Bool),
        any::<i16>().prop_map(HeaderValue::Int16),
        "[a-z]{0,5}".prop_map(|text| HeaderValue::ByteArray(text.into_bytes().into())),
    ];
    (name.prop_map(str::to_owned), value)
}

/// Mostly plain chunks, or nearly so.
fn any_chunk() -> impl Strategy<Value = String> {
    let base64 = prop_oneof![
        "([A-Za-z0-9+/]{4}){0,8}",
        "[A-Za-z0-9+/]{0,9}={0,2}",
        "[A-Za-z0-9+/=\\\\\" ]{0,12}",
    ];
    let end = prop_oneof![Just("\"}"), Just("\" }"), Just("\",\"p\":\"a\"}"), Just("")];
    (base64, end).prop_map(|(text, end)| format!("{{\"bytes\":\"{text}{end}"))
}

/// Mostly plain deltas, or nearly so.
fn any_delta() -> impl Strategy<Value = String> {
    let index = prop_oneof!["[0-9]{1,11}", "-?[0-9.eE]{0,4}", Just("null".to_owned())];
    let text = prop_oneof![
        r#"(\\[nrtbfu/"\\]|[ -~]|[ぁ-龠]|\\u[0-9a-fA-F]{4}){0,12}"#,
        "\\PC{0,8}"
    ];
    let kind = prop_oneof![Just("text"), Just("texT"), Just("reasoningContent")];
    let end = prop_oneof![
        Just("\"}}"),
        Just("\" }} "),
        Just("\"},\"p\":\"a\"}"),
        Just("\",\"reasoningContent\":{\"text\":\"b\"}}}"),
        Just("\"}")
    ];
    (index, kind, text, end).prop_map(|(index, kind, text, end)| {
        format!("{{\"contentBlockIndex\":{index},\"delta\":{{\"{kind}\":\"{text}{end}")
    })
}

fn any_messages(
    payload: impl Strategy<Value = String>,
) -> impl Strategy<Value = Vec<(Option<(String, HeaderValue)>, String)>> {
    prop::collection::vec((prop::option::weighted(0.2, any_header()), payload), 1..4)
}

/// Whether the same is told whoever reads `messages`, of which the byte at `broken` is another one.
fn is_the_same(
    word: Word,
    messages: Vec<(Option<(String, HeaderValue)>, String)>,
    broken: Option<(prop::sample::Index, u8)>,
    piece: usize,
) -> Result<(), TestCaseError> {
    let mut rest = Vec::new();
    for (header, payload) in messages {
        let mut headers = headers("event", word.1);
        headers.extend(header);
        rest.extend(frame_with(&headers, payload.as_bytes()));
    }
    if let Some((at, by)) = broken {
        let at = at.index(rest.len());
        rest[at] ^= by;
    }
    let here = told_after(word, None, &rest, piece);
    prop_assert_eq!(here, told_after(word, Some("only-the-first"), &rest, piece));
    Ok(())
}

proptest! {
    #[test]
    fn who_reads_a_chunk_makes_no_difference(
        messages in any_messages(any_chunk()),
        broken in prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1_u8..)),
        piece in 1_usize..200,
    ) {
        is_the_same(CHUNK, messages, broken, piece)?;
    }

    #[test]
    fn who_reads_a_delta_makes_no_difference(
        messages in any_messages(any_delta()),
        broken in prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1_u8..)),
        piece in 1_usize..200,
    ) {
        is_the_same(DELTA, messages, broken, piece)?;
    }
}
