//! Messages of a program whose deployment says where the words in them are. It is asked before every
//! vocabulary; a message in which none of its pointers finds anything goes on to those.
//!
//! Text and reasoning are strings: anything else at their pointers is left in the message. What no pointer
//! names goes on as data, but for members that go with any answer.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::fields::text;
use super::heard::{Form, Heard};
use super::own::BESIDE;
use crate::settings::agents::answer::{AnswerSettings, MOST_POINTERS, Pointers};

/// The names of the wholes at each pointer: two pointers may have the same words, one in pieces.
const TEXTS: [&str; MOST_POINTERS] = [
    "text 1", "text 2", "text 3", "text 4", "text 5", "text 6", "text 7", "text 8",
];

/// The vocabulary of one deployment.
#[derive(Debug)]
pub(super) struct Configured(Arc<AnswerSettings>);

impl Configured {
    pub(super) fn new(settings: Arc<AnswerSettings>) -> Self {
        Self(settings)
    }

    /// What a message means; `None` where no pointer finds anything.
    pub(super) fn recognise(&self, message: &Value) -> Option<Vec<Heard>> {
        let AnswerSettings {
            text,
            reasoning,
            error,
            end,
            ignore,
        } = &*self.0;
        let thoughts = strings(message, reasoning);
        let texts = strings(message, text);
        let failure = found(message, error).find(|value| is_something(value));
        let is_end = found(message, end).any(is_something);
        let is_ignored = found(message, ignore).any(|value| !value.is_null());
        if thoughts.is_empty() && texts.is_empty() && failure.is_none() && !is_end && !is_ignored {
            return None;
        }
        let mut heard = Vec::new();
        for (_, _, thought) in thoughts.iter().filter(|found| !found.2.is_empty()) {
            heard.push(Heard::thought(Form::Unsure("reasoning"), thought));
        }
        for (index, _, said) in texts.iter().filter(|found| !found.2.is_empty()) {
            heard.push(Heard::said(form(text, *index, said), said));
        }
        if let Some(failure) = failure {
            // What else such a message says is about the failure, and for nobody.
            heard.push(Heard::failed(class(failure)));
        } else {
            let strings = texts.iter().chain(&thoughts).map(|found| found.1);
            let others = error.iter().chain(end.iter()).chain(ignore.iter());
            let rest = rest(message, strings.chain(others));
            heard.extend(rest.as_ref().map(Heard::data));
        }
        heard.extend(is_end.then_some(Heard::End));
        if heard.is_empty() {
            heard.push(Heard::Bookkeeping);
        }
        Some(heard)
    }
}

/// The strings that `pointers` find: at which of them, and what.
fn strings<'a>(message: &'a Value, pointers: &'a Pointers) -> Vec<(usize, &'a str, &'a str)> {
    let found = pointers.iter().enumerate();
    found
        .filter_map(|(index, pointer)| Some((index, pointer, message.pointer(pointer)?.as_str()?)))
        .collect()
}

fn found<'a>(message: &'a Value, pointers: &'a Pointers) -> impl Iterator<Item = &'a Value> {
    pointers
        .iter()
        .filter_map(|pointer| message.pointer(pointer))
}

/// With one pointer all words are the next ones. Of several, one may have the whole answer after its pieces.
fn form(pointers: &Pointers, index: usize, said: &str) -> Form {
    let name = TEXTS.get(index).copied().unwrap_or_default();
    if pointers.iter().len() == 1 {
        Form::Unsure(name)
    } else if said.trim().is_empty() {
        // Blanks alone repeat nothing.
        Form::Piece
    } else {
        Form::Whole(name)
    }
}

/// Whether a member says yes: it is there, and not `null`, `false`, 0 or empty.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_so) => *is_so,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The class or the code of a failure, for the log.
fn class(failure: &Value) -> Option<&str> {
    let members = failure.as_object();
    let member = |key| members.and_then(|members| text(members, key));
    failure
        .as_str()
        .or_else(|| member("type"))
        .or_else(|| member("code"))
}

/// The message without what the pointers name; `None` where nothing of it is left.
fn rest<'a>(message: &Value, pointers: impl Iterator<Item = &'a str>) -> Option<Value> {
    let mut rest = message.clone();
    for pointer in pointers {
        if let Some(value) = rest.pointer_mut(pointer) {
            *value = Value::Null;
        }
    }
    if let Value::Object(members) = &mut rest {
        members.retain(|key, _| !BESIDE.contains(&key.as_str()));
    }
    without_nothing(rest)
}

/// The value without members that are `null` or have nothing else inside. Lists keep their places.
fn without_nothing(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let members = members
                .into_iter()
                .filter_map(|(key, value)| Some((key, without_nothing(value)?)));
            let members: Map<_, _> = members.collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Array(values) => {
            let values = values.into_iter().map(without_nothing);
            let values: Vec<_> = values.collect();
            let is_left = values.iter().any(Option::is_some);
            let values = values.into_iter().map(Option::unwrap_or_default);
            is_left.then(|| Value::Array(values.collect()))
        }
        other => Some(other),
    }
}
