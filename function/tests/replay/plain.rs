//! A message after a chunk is read as if no chunk had come before it.
//!
//! The first chunk of an answer is read by the SDK. From then on plain chunks with the same headers are
//! read without it. After a first chunk with headers of its own, the SDK reads everything: both ways
//! must tell the same.

use aws_smithy_types::DateTime;
use aws_smithy_types::event_stream::HeaderValue;
use gateway::relay::Moment;
use serde_json::json;

use crate::cut::failure;
use crate::members::Message;
use crate::replayed::{End, Replayed, Upstream, frame, frame_with, headers};

type Headers = Vec<(String, HeaderValue)>;

const MODEL: &str = include_str!("invoke_agent.json");

/// `{"bytes":…}` with a character and the beginning of another one.
fn plain() -> Vec<u8> {
    br#"{"bytes":"6LOb5og="}"#.to_vec()
}

fn chunk_headers() -> Headers {
    headers("event", "chunk")
}

/// What is told of `message` after a first chunk with such headers.
async fn told_after(first: &Headers, message: &[u8]) -> Vec<Moment> {
    let first = frame_with(first, br#"{"bytes":"IQ=="}"#);
    let bytes = [&first, message].concat();
    let pieces: Vec<&[u8]> = bytes.chunks(97).collect();
    Replayed::new(Upstream::BedrockAgent)
        .told(&pieces, End::Clean)
        .await
}

/// What is told of a message with `headers` and `payload`, having made sure that it is the same
/// whoever reads it.
async fn told(headers: &Headers, payload: &[u8]) -> Vec<Moment> {
    let message = frame_with(headers, payload);
    let mut own = chunk_headers();
    own.push(("only-the-first".to_owned(), HeaderValue::Bool(true)));
    let by_sdk = told_after(&own, &message).await;
    for first in [headers, &chunk_headers()] {
        let alone = told_after(first, &[]).await;
        if matches!(alone.last(), Some(Moment::Complete { totals, .. }) if totals.chunks == 1) {
            assert_eq!(told_after(first, &message).await, by_sdk, "{headers:?}");
        }
    }
    by_sdk
}

#[tokio::test]
async fn every_message_of_the_model_is() {
    let all: Vec<Message> = serde_json::from_str(MODEL).unwrap();
    for Message {
        kind,
        name,
        payload,
    } in all
    {
        let headers = headers(&kind, &name);
        told(&headers, payload.to_string().as_bytes()).await;
    }
}

#[tokio::test]
async fn a_chunk_with_any_other_header_is() {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let values = [
        HeaderValue::Bool(true),
        HeaderValue::Bool(false),
        HeaderValue::Byte(-1),
        HeaderValue::Int16(-2),
        HeaderValue::Int32(-3),
        HeaderValue::Int64(-4),
        HeaderValue::ByteArray("chunk".into()),
        text("chunk"),
        text("trace"),
        text("exception"),
        HeaderValue::Timestamp(DateTime::from_secs(5)),
        HeaderValue::Uuid(6),
    ];
    for value in values {
        // One more, once more, or in another's place.
        for name in [
            "x",
            ":event-type",
            ":message-type",
            ":content-type",
            ":exception-type",
        ] {
            let mut more = chunk_headers();
            more.push((name.to_owned(), value.clone()));
            told(&more, &plain()).await;

            let mut other = chunk_headers();
            other.retain(|(known, _)| known != name);
            told(&other, &plain()).await;
            other.insert(0, (name.to_owned(), value.clone()));
            told(&other, &plain()).await;
        }
    }
}

#[tokio::test]
async fn a_chunk_with_any_payload_is() {
    for payload in [
        "",
        "{}",
        "null",
        r#"{"bytes":null}"#,
        r#"{"bytes":""}"#,
        r#"{ "bytes": "6LOb" }"#,
        r#"{"bytes":"6LOb"} "#,
        r#"{"bytes":"6LOb","bytes":"5oiQ"}"#,
        r#"{"bytes":"6LOb","p":"abc"}"#,
        r#"{"p":"abc","bytes":"6LOb"}"#,
        r#"{"bytes":"6LOb","attribution":{"citations":[]}}"#,
        r#"{"bytes":"6LO\u0062"}"#,
        r#"{"bytes":"Pz8\/"}"#,
        r#"{"bytes":"Pz8/"}"#,
        r#"{"bytes":"6LOb5og"}"#,
        r#"{"bytes":"6LOb5oi="}"#,
        r#"{"bytes":"6LOb
5oiQ"}"#,
        r#"{"bytes":"賛成"}"#,
        r#"{"bytes":"_-8="}"#,
        r#"{"bytes":"6LOb"}}"#,
        r#"{"bytes":"6LOb""#,
        r#"{"bytes":["6LOb"]}"#,
    ] {
        told(&chunk_headers(), payload.as_bytes()).await;
    }
}

#[tokio::test]
async fn a_damaged_chunk_is() {
    let whole = frame("event", "chunk", &json!({"bytes": "6LOb5og="}));
    let mut own = chunk_headers();
    own.push(("only-the-first".to_owned(), HeaderValue::Bool(true)));
    for at in 0..whole.len() {
        let mut message = whole.clone();
        message[at] ^= 0x55;
        let told = told_after(&chunk_headers(), &message).await;

        assert!(failure(told.last().unwrap()).is_some(), "at {at}: {told:?}");
        assert_eq!(told, told_after(&own, &message).await, "at {at}");
    }
}
