//! Whatever message comes after a chunk is read as the SDK reads it.

use aws_smithy_types::event_stream::HeaderValue;
use gateway::relay::Moment;
use proptest::prelude::*;

use crate::replayed::{End, Replayed, Upstream, frame_with, headers};

/// What is told of `rest` after a chunk whose headers are those of AWS and `more`.
fn told_after(more: Option<&str>, rest: &[u8], piece: usize) -> Vec<Moment> {
    let mut first = headers("event", "chunk");
    first.extend(more.map(|name| (name.to_owned(), HeaderValue::Bool(true))));
    let bytes = [&frame_with(&first, br#"{"bytes":"IQ=="}"#), rest].concat();
    let pieces: Vec<&[u8]> = bytes.chunks(piece).collect();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    runtime.block_on(Replayed::new(Upstream::BedrockAgent).told(&pieces, End::Clean))
}

fn any_header() -> impl Strategy<Value = (String, HeaderValue)> {
    let name = prop_oneof![
        Just(":event-type"),
        Just(":message-type"),
        Just(":content-type"),
        Just("x"),
    ];
    let text = prop_oneof![Just("chunk"), Just("event"), Just("exception"), Just("y")];
    let value = prop_oneof![
        text.prop_map(|text| HeaderValue::String(text.to_owned().into())),
        any::<bool>().prop_map(HeaderValue::Bool),
        any::<i16>().prop_map(HeaderValue::Int16),
        "[a-z]{0,5}".prop_map(|text| HeaderValue::ByteArray(text.into_bytes().into())),
    ];
    (name.prop_map(str::to_owned), value)
}

/// Mostly plain, or nearly so.
fn any_payload() -> impl Strategy<Value = String> {
    let base64 = prop_oneof![
        "([A-Za-z0-9+/]{4}){0,8}",
        "[A-Za-z0-9+/]{0,9}={0,2}",
        "[A-Za-z0-9+/=\\\\\" ]{0,12}",
    ];
    let end = prop_oneof![Just("\"}"), Just("\" }"), Just("\",\"p\":\"a\"}"), Just("")];
    (base64, end).prop_map(|(text, end)| format!("{{\"bytes\":\"{text}{end}"))
}

proptest! {
    #[test]
    fn who_reads_a_message_makes_no_difference(
        messages in prop::collection::vec((prop::option::weighted(0.2, any_header()), any_payload()), 1..4),
        broken in prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1_u8..)),
        piece in 1_usize..200,
    ) {
        let mut rest = Vec::new();
        for (header, payload) in messages {
            let mut headers = headers("event", "chunk");
            headers.extend(header);
            rest.extend(frame_with(&headers, payload.as_bytes()));
        }
        if let Some((at, by)) = broken {
            let at = at.index(rest.len());
            rest[at] ^= by;
        }
        let here = told_after(None, &rest, piece);
        prop_assert_eq!(here, told_after(Some("only-the-first"), &rest, piece));
    }
}
