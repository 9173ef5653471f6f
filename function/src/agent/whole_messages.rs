//! A stream that ends inside a message has broken off, even if HTTP ended properly.
//!
//! The SDK misses this after exactly the first twelve bytes of a message: it has taken them out of
//! its buffer and finds nothing left over. The answer would pass as complete.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_sdk_bedrockagentruntime::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_bedrockagentruntime::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_bedrockagentruntime::error::BoxError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use hyper::body::{Body, Frame};

/// Makes every event stream end with an error where it ends inside a message.
#[derive(Debug)]
pub(super) struct WholeMessages;

impl Intercept for WholeMessages {
    fn name(&self) -> &'static str {
        "WholeMessages"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if response.status().is_success() {
            let body = response.take_body();
            *response.body_mut() = SdkBody::from_body_1_x(Watched {
                body,
                position: Position::default(),
            });
        }
        Ok(())
    }
}

struct Watched {
    body: SdkBody,
    position: Position,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &polled {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.position.pass(data);
                }
            }
            None if self.position.is_inside_a_message() => {
                self.position = Position::default();
                let reason = "the stream ended inside a message";
                let error = io::Error::new(io::ErrorKind::UnexpectedEof, reason);
                return Poll::Ready(Some(Err(error.into())));
            }
            Some(Err(_)) | None => {}
        }
        Poll::Ready(polled)
    }
}

/// How far into a message the stream is. Each message begins with its length, in four bytes.
#[derive(Debug, Default)]
struct Position {
    length: [u8; 4],
    /// How many bytes of `length` have come.
    known: usize,
    /// How many bytes of the message are still to come, once its length is known.
    left: usize,
}

impl Position {
    fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let (_, rest) = bytes.split_at(self.left.min(bytes.len()));
                self.left -= bytes.len() - rest.len();
                bytes = rest;
                continue;
            }
            let missing = self.length.len() - self.known;
            let (begin, rest) = bytes.split_at(missing.min(bytes.len()));
            for &byte in begin {
                self.length[self.known] = byte;
                self.known += 1;
            }
            if self.known == self.length.len() {
                self.known = 0;
                let whole = usize::try_from(u32::from_be_bytes(self.length)).unwrap_or(usize::MAX);
                // A message shorter than its own length is nonsense; the SDK finds it by its checksum.
                self.left = whole.saturating_sub(self.length.len());
            }
            bytes = rest;
        }
    }

    fn is_inside_a_message(&self) -> bool {
        self.known > 0 || self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_it_is_however_the_bytes_come() {
        let mut stream = Vec::new();
        for length in [16_u32, 20, 16] {
            stream.extend(length.to_be_bytes());
            stream.resize(stream.len() + length as usize - 4, 0xff);
        }
        let boundaries = [0, 16, 36, 52];

        for at in 0..=stream.len() {
            for size in [1, 3, 100] {
                let mut position = Position::default();
                for piece in stream[..at].chunks(size) {
                    position.pass(piece);
                }
                let inside = !boundaries.contains(&at);
                assert_eq!(position.is_inside_a_message(), inside, "at {at} by {size}");
            }
        }
    }
}
