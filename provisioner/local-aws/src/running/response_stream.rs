//! `InvokeWithResponseStream`: a function's answer as an event stream, chunk by chunk. HTTP says
//! 200 whatever happens; how it ended is in the last event.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{Response, StatusCode};
use serde_json::json;
use tokio::sync::mpsc::Receiver;

use super::invocation::FunctionError;
use super::invoke::{Invocation, admit, empty, insert_version};
use super::invoker::Invoker;
use crate::account::Account;
use crate::route::Call;
use crate::services::lambda::Admission;
use crate::wire::api_error::ApiError;

pub(crate) async fn invoke_with_response_stream(
    account: &Account,
    invoker: &Invoker,
    call: &Call,
) -> Result<Response<Body>, ApiError> {
    let Invocation {
        executable,
        event,
        admission,
    } = admit(account, call)?;
    match call.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => {}
        Some("DryRun") => return Ok(empty(StatusCode::NO_CONTENT)),
        Some(other) => {
            return Err(ApiError::constraint(
                other,
                "invocationType",
                "satisfy enum value set: [RequestResponse, DryRun]",
            ));
        }
    }
    let version = executable.version.clone();
    let chunks = match invoker.invoke(executable, event).await {
        Ok(answer) => Chunks::Running(answer.body, admission),
        Err(error) => Chunks::Ended(Err(error)),
    };
    let frames = stream::unfold(chunks, |chunks| async move {
        let (frame, rest) = chunks.next_frame().await?;
        Some((frame, rest))
    });
    let mut response = Response::new(Body::from_stream(frames));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/vnd.amazon.eventstream"),
    );
    insert_version(&mut response, &version);
    Ok(response)
}

/// What is left of an answer.
enum Chunks {
    Running(Receiver<Result<Bytes, FunctionError>>, Admission),
    Ended(Result<(), FunctionError>),
    Complete,
}

type Frame = Result<Bytes, aws_smithy_eventstream::error::Error>;

impl Chunks {
    async fn next_frame(self) -> Option<(Frame, Self)> {
        let ended = match self {
            Self::Running(mut body, admission) => match body.recv().await {
                Some(Ok(chunk)) => {
                    return Some((payload_chunk(chunk), Self::Running(body, admission)));
                }
                Some(Err(error)) => Err(error),
                None => Ok(()),
            },
            Self::Ended(ended) => ended,
            Self::Complete => return None,
        };
        Some((invoke_complete(ended), Self::Complete))
    }
}

fn payload_chunk(chunk: Bytes) -> Frame {
    frame("PayloadChunk", "application/octet-stream", chunk)
}

fn invoke_complete(ended: Result<(), FunctionError>) -> Frame {
    let document = match ended {
        Ok(()) => json!({}),
        Err(error) => json!({
            "ErrorCode": error.error_type,
            "ErrorDetails": error.error_message,
        }),
    };
    let payload = Bytes::from(document.to_string());
    frame("InvokeComplete", "application/json", payload)
}

fn frame(event_type: &'static str, content_type: &'static str, payload: Bytes) -> Frame {
    let header = |name: &'static str, value: &'static str| {
        Header::new(name, HeaderValue::String(value.into()))
    };
    let message = Message::new(payload)
        .add_header(header(":message-type", "event"))
        .add_header(header(":event-type", event_type))
        .add_header(header(":content-type", content_type));
    let mut bytes = BytesMut::new();
    write_message_to(&message, &mut bytes)?;
    Ok(bytes.freeze())
}
