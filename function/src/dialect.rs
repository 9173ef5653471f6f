//! Moments of an answer become bytes for one kind of client.

pub mod magi;

use bytes::BytesMut;

use crate::relay::Moment;

/// How one kind of client is told what happens.
pub trait Dialect: Send {
    /// The response's `content-type`.
    fn content_type(&self) -> &'static str;

    /// Appends the bytes that tell of `moment`.
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut);
}
