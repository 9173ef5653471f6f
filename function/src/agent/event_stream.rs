//! An event stream of AWS, message by message, as its bytes come.
//!
//! The SDK makes, signs and sends the call, and decodes every kind of message that there is. For a
//! word of the answer that is far more than it takes: 11,700 of the 18,100 instructions that a chunk
//! cost in a flood, and a fifth of the code that a lone chunk had to load. So the raw body stays here,
//! an upstream looks at each whole message first, and what it does not know goes to the SDK byte for
//! byte ([`Messages::hand_over`]).

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use aws_sdk_bedrockagentruntime::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_bedrockagentruntime::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_bedrockagentruntime::error::BoxError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use hyper::body::{Body, Frame};

/// Two lengths and their checksum.
const PRELUDE: usize = 12;
/// The checksum of the whole message, at its end.
const CHECKSUM: usize = 4;

/// Takes the body of one call's response out of the SDK's hands.
#[derive(Debug, Clone, Default)]
pub(super) struct Tap(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    raw: Mutex<Option<SdkBody>>,
    /// The message that the SDK reads next.
    handed_over: Mutex<Option<Bytes>>,
}

impl Intercept for Tap {
    fn name(&self) -> &'static str {
        "Tap"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if response.status().is_success() {
            let for_sdk = SdkBody::from_body_1_x(ForSdk(self.0.clone()));
            let raw = std::mem::replace(response.body_mut(), for_sdk);
            put(&self.0.raw, raw);
        }
        Ok(())
    }
}

impl Tap {
    /// The messages of the response, once there is one.
    pub(super) fn messages(self) -> Messages {
        Messages {
            body: take(&self.0.raw).unwrap_or_else(SdkBody::taken),
            shared: self.0,
            buffer: Vec::new(),
            begin: 0,
            end: 0,
        }
    }
}

/// The body that the SDK sees: the messages that were handed over to it.
struct ForSdk(Arc<Shared>);

impl Body for ForSdk {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        // The SDK is asked for a message only when there is a whole one.
        Poll::Ready(take(&self.0.handed_over).map(|message| Ok(Frame::data(message))))
    }
}

/// The whole messages of one stream.
#[derive(Debug)]
pub(super) struct Messages {
    body: SdkBody,
    shared: Arc<Shared>,
    /// What has been read; all before `begin` has been dealt with.
    buffer: Vec<u8>,
    /// Where the current message begins and ends.
    begin: usize,
    end: usize,
}

impl Messages {
    /// Waits for the next message; false at the proper end of the stream.
    ///
    /// A stream that ends inside a message has broken off, even if HTTP ended properly.
    pub(super) async fn next(&mut self) -> Result<bool, BoxError> {
        self.begin = self.end;
        loop {
            let rest = self.buffer.get(self.begin..).unwrap_or_default();
            if let Some(length) = whole_message(rest)? {
                self.end = self.begin + length;
                return Ok(true);
            }
            self.buffer.drain(..self.begin);
            (self.begin, self.end) = (0, 0);
            match poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await {
                Some(frame) => {
                    if let Ok(data) = frame?.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                None if self.buffer.is_empty() => return Ok(false),
                None => {
                    let reason = "the stream ended inside a message";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason).into());
                }
            }
        }
    }

    /// The current message: its prelude is intact, its checksum has not been looked at.
    pub(super) fn current(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }

    /// Gives the current message to the SDK, whose next `recv` returns it.
    pub(super) fn hand_over(&self) {
        put(
            &self.shared.handed_over,
            Bytes::copy_from_slice(self.current()),
        );
    }
}

/// The length of the message at the beginning of `bytes`, if all of it is there.
fn whole_message(bytes: &[u8]) -> Result<Option<usize>, io::Error> {
    let Some(prelude) = bytes.first_chunk::<PRELUDE>() else {
        return Ok(None);
    };
    let [lengths @ .., a, b, c, d] = prelude;
    if crc32fast::hash(lengths) != u32::from_be_bytes([*a, *b, *c, *d]) {
        // Its length may be anything: where the next message begins is unknown.
        let reason = "the prelude of a message does not match its checksum";
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    // A message that is too short for its own prelude is for the SDK to refuse.
    let length = number(lengths).unwrap_or(usize::MAX).max(PRELUDE);
    Ok((bytes.len() >= length).then_some(length))
}

/// The headers and the payload of a whole message whose checksum is right.
pub(super) fn checked_parts(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, checksum) = message.split_last_chunk::<CHECKSUM>()?;
    if crc32fast::hash(content) != u32::from_be_bytes(*checksum) {
        return None;
    }
    let headers = number(content.get(4..)?)?;
    content.get(PRELUDE..)?.split_at_checked(headers)
}

fn number(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()
}

fn put<T>(place: &Mutex<Option<T>>, value: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    place.take()
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::{
        DecodedFrame, MessageFrameDecoder, read_message_from, write_message_to,
    };
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use bytes::BytesMut;
    use futures_util::{FutureExt as _, stream};
    use http_body_util::StreamBody;
    use proptest::prelude::*;

    use super::*;

    /// The messages of a stream, and whether it ended as it should.
    type Read = (Vec<Message>, bool);

    fn here(stream: &[u8], piece: usize) -> Read {
        let pieces: Vec<_> = stream
            .chunks(piece)
            .map(|piece| Ok::<_, BoxError>(Frame::data(Bytes::copy_from_slice(piece))))
            .collect();
        let tap = Tap::default();
        put(
            &tap.0.raw,
            SdkBody::from_body_1_x(StreamBody::new(stream::iter(pieces))),
        );
        let mut messages = tap.messages();
        let mut read = Vec::new();
        loop {
            match messages.next().now_or_never().unwrap() {
                Ok(false) => return (read, true),
                Err(_) => return (read, false),
                Ok(true) => {}
            }
            let current = messages.current();
            let by_sdk = read_message_from(current).ok();
            let parts = checked_parts(current);
            // Whatever the SDK refuses has no parts; and its payload is the rest behind the headers.
            if let Some(message) = &by_sdk {
                assert_eq!(parts.unwrap().1, message.payload());
            }
            match by_sdk {
                Some(message) => read.push(message),
                None => return (read, false),
            }
        }
    }

    fn in_sdk(stream: &[u8]) -> Read {
        let mut decoder = MessageFrameDecoder::new();
        let mut bytes = BytesMut::from(stream);
        let mut read = Vec::new();
        loop {
            match decoder.decode_frame(&mut bytes) {
                Ok(DecodedFrame::Complete(message)) => read.push(message),
                // The decoder itself holds a prelude whose message never came.
                Ok(DecodedFrame::Incomplete) => {
                    let whole: usize = read.iter().map(|message| written(message).len()).sum();
                    return (read, whole == stream.len());
                }
                Err(_) => return (read, false),
            }
        }
    }

    fn written(message: &Message) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_message_to(message, &mut bytes).unwrap();
        bytes
    }

    fn any_message() -> impl Strategy<Value = Message> {
        let value = prop_oneof![
            any::<bool>().prop_map(HeaderValue::Bool),
            any::<i64>().prop_map(HeaderValue::Int64),
            ".{0,8}".prop_map(|text| HeaderValue::String(text.into())),
        ];
        let headers = prop::collection::vec(("[a-z:-]{1,8}", value), 0..3);
        (headers, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(headers, payload)| {
            headers
                .into_iter()
                .fold(Message::new(payload), |message, (name, value)| {
                    message.add_header(Header::new(name, value))
                })
        })
    }

    proptest! {
        #[test]
        fn the_messages_are_those_of_the_sdk_however_they_come_and_whatever_breaks(
            messages in prop::collection::vec(any_message(), 0..4),
            broken in prop::option::of((any::<prop::sample::Index>(), 1_u8..)),
            cut in prop::option::of(any::<prop::sample::Index>()),
            piece in 1_usize..60,
        ) {
            let mut stream: Vec<u8> = messages.iter().flat_map(written).collect();
            if let (Some((at, by)), false) = (broken, stream.is_empty()) {
                let at = at.index(stream.len());
                stream[at] ^= by;
            }
            if let Some(cut) = cut {
                stream.truncate(cut.index(stream.len() + 1));
            }
            prop_assert_eq!(here(&stream, piece), in_sdk(&stream));
        }
    }
}
