//! What each message was taken for, for whoever asks with `explain`: its framing, its vocabulary, what became
//! of it, and where its text may be if nobody knew it.

mod pointer;

use std::collections::VecDeque;

use super::framing::{Body, Message};
use super::heard::Heard;
use super::reading::Read;
use super::tell::Teller;
use crate::agent::failure::AgentError;
use crate::event::{Became, Event, Explanation};

/// The most characters of a message that are shown, and of a content type.
const LONGEST_EXCERPT: usize = 300;
const LONGEST_TYPE: usize = 100;

/// What is known of the answer so far.
#[derive(Debug)]
pub(super) struct Explaining {
    content_type: String,
    is_sniffed: bool,
    /// How many messages have come.
    messages: u64,
}

impl Explaining {
    pub(super) fn new(content_type: &str) -> Self {
        Self {
            content_type: content_type.chars().take(LONGEST_TYPE).collect(),
            is_sniffed: !Body::new(content_type).is_known(),
            messages: 0,
        }
    }

    /// What can be said of a message before it is read.
    pub(super) fn begin(&mut self, message: &Message, body: &Body) -> Explanation {
        self.messages += 1;
        let (name, bytes) = match message {
            Message::Event { name, data } => (name.as_deref(), data.as_slice()),
            Message::Between(bytes) | Message::Value(bytes) => (None, bytes.as_slice()),
            Message::Text(text) => (None, text.as_bytes()),
        };
        let name = name.map(|name| format!("event: {name}\n"));
        Explanation {
            message: self.messages,
            content_type: (self.messages == 1).then(|| self.content_type.clone()),
            framing: match message {
                Message::Between(_) => "between events",
                Message::Event { .. } | Message::Value(_) | Message::Text(_) => body.name(),
            },
            framed_by: if self.is_sniffed {
                "first bytes"
            } else {
                "content type"
            },
            bytes: bytes.len(),
            vocabulary: "",
            became: Vec::new(),
            pointer: None,
            excerpt: Some(name.unwrap_or_default() + &excerpt(bytes)),
        }
    }
}

/// The beginning of a message.
fn excerpt(bytes: &[u8]) -> String {
    // A character has at most four bytes.
    let begin = bytes.get(..LONGEST_EXCERPT * 4).unwrap_or(bytes);
    let begin = String::from_utf8_lossy(begin);
    let mut excerpt: String = begin.chars().take(LONGEST_EXCERPT).collect();
    if excerpt.len() < bytes.len() {
        excerpt.push('…');
    }
    excerpt
}

/// Tells what was heard, and what became of each part of it.
pub(super) fn tell(
    teller: &mut Teller,
    read: Read,
    begun: Explanation,
    events: &mut VecDeque<Event>,
) -> (Explanation, Result<(), AgentError>) {
    let Read {
        vocabulary,
        heard,
        has_halves,
        why_unknown,
    } = read;
    let mut explanation = Explanation {
        vocabulary,
        pointer: pointer(&heard),
        ..begun
    };
    for heard in heard {
        let (what, reason) = meaning(&heard);
        let before = events.len();
        let told = teller.tell(heard, vocabulary, has_halves, events);
        let is_repeated = events.len() == before && MAY_REPEAT.contains(&what);
        let reason = if is_repeated {
            Some("left out: it is empty, or was told before")
        } else {
            reason.map(|reason| why_unknown.unwrap_or(reason))
        };
        let became = Became { what, reason };
        if !explanation.became.contains(&became) {
            explanation.became.push(became);
        }
        if told.is_err() {
            return (explanation, told);
        }
    }
    if explanation.became.is_empty() {
        let (what, reason) = ("bookkeeping", None);
        explanation.became.push(Became { what, reason });
    }
    (explanation, Ok(()))
}

/// What becomes an event unless it has been told before.
const MAY_REPEAT: [&str; 5] = ["text", "reasoning", "tool call", "tool result", "message"];

/// What was heard, and the reason where nobody knew it.
fn meaning(heard: &Heard) -> (&'static str, Option<&'static str>) {
    let what = match heard {
        Heard::Said { .. } => "text",
        Heard::Thought { .. } => "reasoning",
        Heard::Call { .. } => "tool call",
        Heard::CallBegins { .. } | Heard::CallInput { .. } | Heard::CallEnds { .. } => {
            "part of a tool call"
        }
        Heard::Result { .. } => "tool result",
        Heard::Asked { .. } => "inquiry",
        Heard::Citation { .. } => "citation",
        Heard::Usage { .. } => "usage",
        Heard::Status { .. } => "status",
        Heard::Handoff { .. } => "handoff",
        Heard::Message { .. } => "message",
        Heard::Data { .. } => "data",
        Heard::Failed { .. } => "failure",
        Heard::End => "end",
        Heard::Turn { .. }
        | Heard::InMessage { .. }
        | Heard::Foreign { .. }
        | Heard::Named { .. }
        | Heard::Bookkeeping => "bookkeeping",
        Heard::Unread(reason) => return ("unknown", Some(reason)),
    };
    (what, None)
}

/// Where the text may be in a message that went on as data because nobody knew it.
fn pointer(heard: &[Heard]) -> Option<String> {
    match heard {
        [Heard::Data { data, .. }, Heard::Unread(_)] => pointer::to_text(data),
        _ => None,
    }
}
