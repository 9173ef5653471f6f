//! A message after a word is read as if no word had come before it.
//!
//! The first word of an answer is read by the SDK. From then on plain words with the same headers are
//! read without it. After a first word with headers of its own, the SDK reads everything: both ways
//! must tell the same.

use aws_smithy_types::DateTime;
use aws_smithy_types::event_stream::HeaderValue;
use gateway::relay::Moment;

use crate::cut::failure;
use crate::members::Message;
use crate::replayed::{End, Replayed, Upstream, frame_with, headers};

type Headers = Vec<(String, HeaderValue)>;

/// How an upstream sends a word.
#[derive(Clone, Copy)]
struct Word {
    upstream: Upstream,
    /// The kind of message that has it.
    kind: &'static str,
    /// The payload of the first one of an answer.
    first: &'static str,
    /// A payload with more of the answer, and nothing else.
    plain: &'static str,
    /// All messages of AWS's model.
    model: &'static str,
}

const WORDS: [Word; 2] = [
    Word {
        upstream: Upstream::BedrockAgent,
        kind: "chunk",
        first: r#"{"bytes":"IQ=="}"#,
        // A character and the beginning of another one.
        plain: r#"{"bytes":"6LOb5og="}"#,
        model: include_str!("invoke_agent.json"),
    },
    Word {
        upstream: Upstream::Harness,
        kind: "contentBlockDelta",
        first: r#"{"contentBlockIndex":0,"delta":{"text":"!"}}"#,
        plain: r#"{"contentBlockIndex":0,"delta":{"text":"賛成\n"}}"#,
        model: include_str!("invoke_harness.json"),
    },
];

impl Word {
    fn headers(&self) -> Headers {
        headers("event", self.kind)
    }

    /// What is told of `message` after a first word with such headers.
    async fn told_after(&self, first: &Headers, message: &[u8]) -> Vec<Moment> {
        let first = frame_with(first, self.first.as_bytes());
        let bytes = [&first, message].concat();
        let pieces: Vec<&[u8]> = bytes.chunks(97).collect();
        Replayed::new(self.upstream).told(&pieces, End::Clean).await
    }

    /// What is told of a message with `headers` and `payload`, having made sure that it is the same
    /// whoever reads it.
    async fn told(&self, headers: &Headers, payload: &[u8]) -> Vec<Moment> {
        let message = frame_with(headers, payload);
        let by_sdk = self.told_after(&self.only_the_first(), &message).await;
        for first in [headers, &self.headers()] {
            let alone = self.told_after(first, &[]).await;
            if matches!(alone.last(), Some(Moment::Complete { totals, .. }) if totals.chunks == 1) {
                let told = self.told_after(first, &message).await;
                assert_eq!(told, by_sdk, "{headers:?}");
            }
        }
        by_sdk
    }

    /// Headers that no later word has.
    fn only_the_first(&self) -> Headers {
        let mut own = self.headers();
        own.push(("only-the-first".to_owned(), HeaderValue::Bool(true)));
        own
    }
}

#[tokio::test]
async fn every_message_of_the_model_is() {
    for word in WORDS {
        let all: Vec<Message> = serde_json::from_str(word.model).unwrap();
        for Message {
            kind,
            name,
            payload,
        } in all
        {
            let headers = headers(&kind, &name);
            word.told(&headers, payload.to_string().as_bytes()).await;
        }
    }
}

#[tokio::test]
async fn a_word_with_any_other_header_is() {
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
        text("contentBlockDelta"),
        text("trace"),
        text("exception"),
        HeaderValue::Timestamp(DateTime::from_secs(5)),
        HeaderValue::Uuid(6),
    ];
    // One more, once more, or in another's place.
    let names = [
        "x",
        ":event-type",
        ":message-type",
        ":content-type",
        ":exception-type",
    ];
    for word in WORDS {
        let plain = word.plain.as_bytes();
        for (value, name) in values
            .iter()
            .flat_map(|value| names.map(|name| (value, name)))
        {
            let mut more = word.headers();
            more.push((name.to_owned(), value.clone()));
            word.told(&more, plain).await;

            let mut other = word.headers();
            other.retain(|(known, _)| known != name);
            word.told(&other, plain).await;
            other.insert(0, (name.to_owned(), value.clone()));
            word.told(&other, plain).await;
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
        let [chunk, _] = WORDS;
        chunk.told(&chunk.headers(), payload.as_bytes()).await;
    }
}

#[tokio::test]
async fn a_delta_with_any_payload_is() {
    let [_, delta] = WORDS;
    let text = r#"{"contentBlockIndex":0,"delta":{"text":"賛成"}}"#;
    let told = delta.told(&delta.headers(), text.as_bytes()).await;
    assert!(
        matches!(told.last(), Some(Moment::Complete { totals, .. }) if totals.chunks == 2),
        "{told:?}"
    );
    for payload in [
        "",
        "{}",
        "null",
        "[0]",
        r#"{"delta":{"text":"賛成"},"contentBlockIndex":1}"#,
        r#"{ "contentBlockIndex" : 0 , "delta" : { "text" : "賛成" } } "#,
        r#"{"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":0}"#,
        r#"{"contentBlockIndex":0,"delta":null}"#,
        r#"{"contentBlockIndex":null,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":1.0,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":1.5,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":-1,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":4294967296,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":"0","delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":0,"contentBlockIndex":1,"delta":{"text":"賛成"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"賛成"},"p":"abc"}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":""}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":null}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":5}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":["賛成"]}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"賛","text":"成"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"賛成","p":"abc"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"賛成"}}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"賛成","reasoningContent":{"text":"賛成"}}}"#,
        r#"{"contentBlockIndex":0,"delta":{"\u0074ext":"賛成"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"\u8cdb\ud83d\ude00\n\"\\\/"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"\ud83d"}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"\x"}}"#,
        "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"\u{1}\n\"}}",
        r#"{"contentBlockIndex":0,"delta":{"text":"賛成"}}}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"賛成"}"#,
    ] {
        delta.told(&delta.headers(), payload.as_bytes()).await;
    }
    let mut broken = text.replace("賛", "?").into_bytes();
    for byte in broken.iter_mut().filter(|byte| **byte == b'?') {
        *byte = 0xff;
    }
    delta.told(&delta.headers(), &broken).await;
}

#[tokio::test]
async fn a_damaged_word_is() {
    for word in WORDS {
        let whole = frame_with(&word.headers(), word.plain.as_bytes());
        for at in 0..whole.len() {
            let mut message = whole.clone();
            message[at] ^= 0x55;
            let told = word.told_after(&word.headers(), &message).await;

            assert!(failure(told.last().unwrap()).is_some(), "at {at}: {told:?}");
            let by_sdk = word.told_after(&word.only_the_first(), &message).await;
            assert_eq!(told, by_sdk, "at {at}");
        }
    }
}
