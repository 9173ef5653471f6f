//! An agent that does what the question says, and whose only word is the question's token.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::Lots;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Behaviour {
    /// Some words, one by one.
    Answer,
    /// As many words as go through.
    Flood,
    /// Longer than a keep-alive, shorter than the idle timeout.
    Pause,
    /// One word, then silence for ever.
    Stall,
    /// An exception in the stream.
    Fail,
    /// An exception instead of a stream.
    Refuse,
    /// The connection breaks.
    Break,
    /// A proper end of HTTP in the middle of a message.
    Cut,
    /// A proper end without any text.
    Empty,
}

impl Behaviour {
    const OFTEN_TO_RARE: [(Self, u64); 9] = [
        (Self::Answer, 30),
        (Self::Fail, 12),
        (Self::Refuse, 12),
        (Self::Break, 12),
        (Self::Cut, 8),
        (Self::Empty, 8),
        (Self::Flood, 8),
        (Self::Pause, 6),
        (Self::Stall, 4),
    ];

    pub(crate) fn draw(lots: &mut Lots) -> Self {
        let mut lot = lots.draw(100);
        for (behaviour, share) in Self::OFTEN_TO_RARE {
            if lot < share {
                return behaviour;
            }
            lot -= share;
        }
        Self::Answer
    }

    /// How the stream ends; `None` for a complete answer.
    pub(crate) fn error(self) -> Option<&'static str> {
        match self {
            Self::Answer | Self::Flood | Self::Pause => None,
            Self::Stall => Some("idle"),
            Self::Fail | Self::Refuse => Some("throttled"),
            Self::Break | Self::Cut => Some("connection_lost"),
            Self::Empty => Some("empty_answer"),
        }
    }

    /// How often the word comes.
    pub(crate) fn words(self) -> u64 {
        match self {
            Self::Answer => 12,
            Self::Flood => 1000,
            Self::Pause | Self::Fail | Self::Break | Self::Cut => 2,
            Self::Stall => 1,
            Self::Refuse | Self::Empty => 0,
        }
    }
}

type Piece = Result<Frame<Bytes>, io::Error>;

/// Serves `InvokeAgent` and returns its endpoint.
pub(crate) async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(serve));
            tokio::spawn(connection);
        }
    });
    endpoint
}

async fn serve(
    request: Request<Incoming>,
) -> Result<Response<StreamBody<impl futures_util::Stream<Item = Piece>>>, Infallible> {
    let asked = request.into_body().collect().await.unwrap().to_bytes();
    let asked: Value = serde_json::from_slice(&asked).unwrap();
    let (token, behaviour) = asked["inputText"]
        .as_str()
        .unwrap()
        .split_once(' ')
        .unwrap();
    let (behaviour, _) = Behaviour::OFTEN_TO_RARE
        .into_iter()
        .find(|(known, _)| format!("{known:?}") == behaviour)
        .unwrap();
    let (sender, pieces) = mpsc::channel(4);
    let mut response = Response::builder()
        .header("content-type", "application/vnd.amazon.eventstream")
        .header("x-amzn-bedrock-agent-content-type", "application/json")
        .header("x-amz-bedrock-agent-session-id", "s-1");
    if behaviour == Behaviour::Refuse {
        response = response
            .status(429)
            .header("x-amzn-errortype", "ThrottlingException");
        let _ = sender.send(data(b"{\"message\":\"m\"}".to_vec())).await;
    } else {
        // Ends when the client has left.
        tokio::spawn(play(behaviour, token.to_owned(), sender));
    }
    let pieces = stream::unfold(pieces, async |mut pieces| {
        Some((pieces.recv().await?, pieces))
    });
    Ok(response.body(StreamBody::new(pieces)).unwrap())
}

async fn play(behaviour: Behaviour, token: String, to: mpsc::Sender<Piece>) {
    let word = || {
        let bytes = base64::engine::general_purpose::STANDARD.encode(&token);
        frame("event", "chunk", &json!({"bytes": bytes}))
    };
    for _ in 0..behaviour.words() {
        match behaviour {
            Behaviour::Answer => tokio::time::sleep(Duration::from_millis(15)).await,
            Behaviour::Pause => tokio::time::sleep(Duration::from_millis(1500)).await,
            _ => {}
        }
        if to.send(data(word())).await.is_err() {
            return;
        }
    }
    match behaviour {
        Behaviour::Stall => to.closed().await,
        Behaviour::Fail => {
            let exception = frame("exception", "throttlingException", &json!({"message": "m"}));
            let _ = to.send(data(exception)).await;
        }
        Behaviour::Break => {
            // What came before the break mostly gets out first; either way the connection breaks.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let _ = to.send(Err(io::Error::other("broken by the test"))).await;
        }
        Behaviour::Cut => {
            let mut half = word();
            half.truncate(12);
            let _ = to.send(data(half)).await;
        }
        _ => {}
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an item of a body")]
fn data(bytes: Vec<u8>) -> Piece {
    Ok(Frame::data(bytes.into()))
}

fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Message::new(Bytes::from(payload.to_string()))
        .add_header(Header::new(format!(":{kind}-type"), text(name)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(kind)));
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}
