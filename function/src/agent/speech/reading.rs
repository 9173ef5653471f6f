//! A message becomes what is heard in it: JSON or almost JSON in somebody's vocabulary, a string, or text.

mod looks;

use serde_json::Value;

use super::configured::Configured;
use super::framing::{Body, Message};
use super::heard::{Form, Heard};
use super::vocabularies::{Recognised, framework, recognise};
use super::{notation, own};
use looks::{is_like_call, is_like_object, is_of_event, may_be_json, printed};

/// Names of events that only keep a connection alive.
const HEARTBEATS: [&str; 5] = ["ping", "heartbeat", "keepalive", "keep-alive", "keep_alive"];

/// What is known of the messages so far.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, each true or not by itself"
)]
pub(super) struct Reading {
    /// Where the deployment says what messages mean.
    configured: Option<Configured>,
    /// The last message was text that is no JSON, so the program writes text as it is.
    is_raw: bool,
    /// Text that is no JSON has been followed by an event: what stands between events belongs to the text.
    has_plain_end: bool,
    /// Text that is no JSON came last, and nothing since then.
    is_open: bool,
    has_begun: bool,
}

/// What is heard in one message.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) vocabulary: &'static str,
    pub(super) heard: Vec<Heard>,
    /// Strings may have halves of surrogate pairs.
    pub(super) has_halves: bool,
    /// Why nobody knows the message.
    pub(super) why_unknown: Option<&'static str>,
}

impl Read {
    fn new(vocabulary: &'static str, heard: Vec<Heard>) -> Self {
        Self {
            vocabulary,
            heard,
            has_halves: false,
            why_unknown: None,
        }
    }

    fn only(vocabulary: &'static str, heard: Heard) -> Self {
        Self::new(vocabulary, vec![heard])
    }

    fn text(text: &str) -> Self {
        Self::only("text", Heard::said(Form::Piece, text))
    }

    fn nothing() -> Self {
        Self::new("framing", Vec::new())
    }
}

impl From<Recognised> for Read {
    fn from(Recognised { vocabulary, heard }: Recognised) -> Self {
        Self::new(vocabulary, heard)
    }
}

impl Reading {
    /// The same, where the deployment says what messages mean.
    pub(super) fn with(self, configured: Configured) -> Self {
        let configured = Some(configured);
        Self { configured, ..self }
    }

    pub(super) fn read(&mut self, message: Message) -> Read {
        match message {
            Message::Text(text) => Read::text(&text),
            Message::Between(bytes) => self.between(&bytes),
            Message::Value(bytes) => self.value(&bytes, None, false),
            Message::Event { name, data } => {
                self.has_plain_end |= std::mem::take(&mut self.is_open);
                let read = self.event(name.as_deref(), &data);
                self.has_begun = true;
                read
            }
        }
    }

    fn event(&mut self, name: Option<&str>, data: &[u8]) -> Read {
        match name {
            Some("error") => Read::only("event", failure(data)),
            Some(name) if HEARTBEATS.contains(&name) => Read::only("event", Heard::Bookkeeping),
            Some("message") | None => self.value(data, None, true),
            name => self.value(data, name, true),
        }
    }

    /// Line breaks, and lines of no field, which a program that writes text as it is has in its text.
    fn between(&mut self, bytes: &[u8]) -> Read {
        let between = String::from_utf8_lossy(bytes);
        let line = between.trim_start_matches('\n');
        let is_open = std::mem::take(&mut self.is_open);
        if self.is_raw {
            // Some servers end each event with a further line break.
            let belongs = !line.is_empty() || self.has_plain_end || !is_open;
            return if belongs {
                Read::text(&between)
            } else {
                Read::nothing()
            };
        }
        if line.is_empty() {
            return Read::nothing();
        }
        if serde_json::from_str::<Value>(line).is_ok() {
            return self.value(line.as_bytes(), None, false);
        }
        if self.has_begun {
            return Read::only("event", Heard::Unread("a line that is no field"));
        }
        self.is_raw = true;
        Read::text(line)
    }

    fn value(&mut self, bytes: &[u8], tag: Option<&str>, is_event: bool) -> Read {
        if is_event && bytes.is_empty() {
            return Read::nothing();
        }
        if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
            return self.json(&value, bytes, tag, is_event);
        }
        if bytes.trim_ascii() == b"[DONE]" {
            return Read::only("event", Heard::Bookkeeping);
        }
        let text = String::from_utf8_lossy(bytes);
        if may_be_json(&text)
            && let Some(value) = notation::json(&text)
        {
            let read = self.json(&value, bytes, tag, is_event);
            return Read {
                has_halves: true,
                ..read
            };
        }
        if is_like_object(&text) && !self.is_raw {
            return Read::only("unread", Heard::Unread("JSON that cannot be read"));
        }
        if let Some(read) = self.python(text.trim()) {
            self.is_raw = false;
            return read;
        }
        self.raw(&text)
    }

    fn raw(&mut self, text: &str) -> Read {
        self.is_raw = true;
        self.is_open = true;
        Read::text(text)
    }

    fn json(&mut self, value: &Value, bytes: &[u8], tag: Option<&str>, is_event: bool) -> Read {
        match value {
            Value::String(text) => {
                self.is_raw = false;
                return self.string(text);
            }
            // A number on its own is text that looks like one; so is anything but an object amid text.
            Value::Number(_) if is_event => return self.raw(&String::from_utf8_lossy(bytes)),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_)
                if is_event && self.is_raw =>
            {
                return self.raw(&String::from_utf8_lossy(bytes));
            }
            Value::Object(_)
            | Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_) => {}
        }
        self.is_raw = false;
        self.known(value, tag)
    }

    /// A message as the deployment says.
    fn configured(&self, value: &Value) -> Option<Read> {
        let heard = self.configured.as_ref()?.recognise(value)?;
        Some(Read::new("configured", heard))
    }

    /// A value in somebody's vocabulary, or data that nobody knows.
    fn known(&self, value: &Value, tag: Option<&str>) -> Read {
        if let Some(read) = self.configured(value) {
            return read;
        }
        match recognise(value, tag) {
            Some(recognised) => recognised.into(),
            None => Read {
                why_unknown: value.as_object().map(|own| own::why_unknown(own, tag)),
                ..Read::new(
                    "unknown",
                    vec![Heard::data(value), Heard::Unread("no known vocabulary")],
                )
            },
        }
    }

    /// A JSON string: words, or an event that its program has made a string of.
    fn string(&self, text: &str) -> Read {
        if text.starts_with("data:") && text.ends_with("\n\n") {
            return self.events(text);
        }
        if text.starts_with(['{', '['])
            && let Some(read) = self.object_in(text)
        {
            return read;
        }
        if let Some(read) = self.python(text) {
            return read;
        }
        Read::only("string", Heard::said(Form::Unsure("string"), text))
    }

    /// Events of an event stream that are sent as strings in another one.
    fn events(&self, text: &str) -> Read {
        let mut messages = Vec::new();
        let mut body = Body::new("text/event-stream");
        if body.push(text.as_bytes(), &mut messages).is_err() {
            return Read::only("unread", Heard::Unread("events that cannot be read"));
        }
        let mut heard = Vec::new();
        for message in messages {
            let Message::Event { data, .. } = message else {
                continue;
            };
            let data = String::from_utf8_lossy(&data);
            let read = match serde_json::from_str::<Value>(&data) {
                Ok(Value::String(text)) => {
                    Read::only("string", Heard::said(Form::Unsure("string"), &text))
                }
                Ok(value @ Value::Object(_)) => self.known(&value, None),
                _ if data == "[DONE]" => Read::only("event", Heard::Bookkeeping),
                _ => Read::text(&data),
            };
            heard.extend(read.heard);
        }
        Read::new("events in a string", heard)
    }

    /// An object of a framework that was made a string; any other JSON in a string is an agent's answer.
    fn object_in(&self, text: &str) -> Option<Read> {
        let value = serde_json::from_str(text)
            .ok()
            .or_else(|| notation::json(text))?;
        self.configured(&value)
            .or_else(|| Some(framework(&value, 0)?.into()))
    }

    /// Python's notation of an event, a message or an object.
    fn python(&self, text: &str) -> Option<Read> {
        if let Some(recognised) = printed(text) {
            return Some(recognised.into());
        }
        if !text.starts_with(['{', '[', '(']) && !is_like_call(text) {
            return None;
        }
        let is_event = || is_of_event(text);
        let unread = || Some(Read::only("unread", Heard::Unread("Python's notation")));
        let Some(read) = notation::python(text) else {
            return is_event().then(unread)?;
        };
        if read.whole
            && let Some(read) = self.configured(&read.value)
        {
            return Some(read);
        }
        let Some(recognised) = framework(&read.value, 0) else {
            return match &read.value {
                // A whole object of a program's own.
                Value::Object(own) if read.whole && text.starts_with("{'") => {
                    let own = own::recognise(own, None);
                    Some(own.map_or_else(
                        || self.known(&read.value, None),
                        |heard| Read::new("own", heard),
                    ))
                }
                // Python's notation of an object: data at best, and words of nobody.
                value if read.whole && is_like_call(text) => Some(self.known(value, None)),
                _ => is_event().then(unread)?,
            };
        };
        let says = |heard: &Heard| !matches!(heard, Heard::Turn { .. } | Heard::Bookkeeping);
        if !read.whole && !recognised.heard.iter().any(says) {
            return is_event().then(unread)?;
        }
        // Words that a broken end could have changed are left to those who read them.
        (read.whole || is_event()).then(|| Read {
            has_halves: true,
            ..recognised.into()
        })
    }
}

/// The failure in an event that is called `error`.
fn failure(data: &[u8]) -> Heard {
    let value: Value = serde_json::from_slice(data).unwrap_or(Value::Null);
    Heard::failed(
        value["error_type"]
            .as_str()
            .or_else(|| value["code"].as_str()),
    )
}
