//! Messages of `application/vnd.amazon.eventstream`, the format in which AWS streams events.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::BytesMut;
use serde_json::Value;

/// The content type of a stream of these messages.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// A message that could not be written: its payload or headers are longer than the format allows.
pub(crate) type FrameError = aws_smithy_eventstream::error::Error;

/// Appends an event, for example a `chunk`.
pub(crate) fn write_event(
    event_type: &'static str,
    payload: &Value,
    to: &mut BytesMut,
) -> Result<(), FrameError> {
    write("event", ":event-type", event_type, payload, to)
}

/// Appends an exception, for example a `throttlingException`. Nothing follows it.
pub(crate) fn write_exception(
    exception_type: &str,
    payload: &Value,
    to: &mut BytesMut,
) -> Result<(), FrameError> {
    write("exception", ":exception-type", exception_type, payload, to)
}

fn write(
    message_type: &'static str,
    type_header: &'static str,
    name: &str,
    payload: &Value,
    to: &mut BytesMut,
) -> Result<(), FrameError> {
    let text = |value: &str| HeaderValue::String(value.to_owned().into());
    let message = Message::new(payload.to_string())
        .add_header(Header::new(type_header, text(name)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(message_type)));
    write_message_to(&message, to)
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::read_message_from;
    use serde_json::json;

    use super::*;

    fn written(message: &Message) -> (Vec<(String, String)>, Value) {
        let headers = message
            .headers()
            .iter()
            .map(|header| {
                let value = header.value().as_string().unwrap().as_str();
                (header.name().as_str().to_owned(), value.to_owned())
            })
            .collect();
        (headers, serde_json::from_slice(message.payload()).unwrap())
    }

    fn headers(type_header: &str, name: &str, message_type: &str) -> Vec<(String, String)> {
        [
            (type_header, name),
            (":content-type", "application/json"),
            (":message-type", message_type),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    #[test]
    fn messages_stand_behind_each_other() {
        let mut bytes = BytesMut::new();
        write_event("chunk", &json!({"bytes": "eA=="}), &mut bytes).unwrap();
        write_exception(
            "throttlingException",
            &json!({"message": "slow"}),
            &mut bytes,
        )
        .unwrap();

        assert_eq!(
            written(&read_message_from(&mut bytes).unwrap()),
            (
                headers(":event-type", "chunk", "event"),
                json!({"bytes": "eA=="})
            )
        );
        assert_eq!(
            written(&read_message_from(&mut bytes).unwrap()),
            (
                headers(":exception-type", "throttlingException", "exception"),
                json!({"message": "slow"})
            )
        );
        assert!(bytes.is_empty());
    }
}
