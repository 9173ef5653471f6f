//! Values that programs write almost as JSON: with `NaN` and `1e999`, halves of surrogate pairs, raw control
//! characters, deep nesting or a byte order mark; or as Python writes them. Pure.
//!
//! Amazon's Python package sends an object that JSON cannot hold as a JSON string of Python's own notation:
//! `"{'data': '賛成', 'agent': <strands.agent.agent.Agent object at 0x7f>}"`.

mod number;
mod string;

use serde_json::{Map, Value};

/// Deeper values are not read; the stack has to hold every level.
const DEEPEST: usize = 400;

/// A value that was read leniently.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lenient {
    pub(super) value: Value,
    /// The value has all that was written.
    pub(super) whole: bool,
}

/// Reads all of `text` as JSON with the usual faults.
pub(super) fn json(text: &str) -> Option<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = Reader::new(text, false).read()?;
    read.whole.then_some(read.value)
}

/// Reads `text` as Python's notation. Where something in it cannot be read, the value has what came before.
pub(super) fn python(text: &str) -> Option<Lenient> {
    Reader::new(text, true).read()
}

/// Reads `key=value key=value`, as Python shows the members of an object, into an object.
pub(super) fn members(text: &str) -> Option<Value> {
    let mut reader = Reader::new(text, true);
    let mut members = Map::new();
    while !reader.rest.is_empty() {
        let (key, rest) = reader.rest.split_once('=')?;
        if key.is_empty() || !key.chars().all(is_word) {
            return None;
        }
        reader.rest = rest;
        let value = reader.value()?;
        if reader.broken {
            return None;
        }
        members.insert(key.to_owned(), value);
        reader.rest = reader.rest.strip_prefix(' ').unwrap_or(reader.rest);
    }
    (!members.is_empty()).then_some(Value::Object(members))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'a> {
    rest: &'a str,
    python: bool,
    depth: usize,
    /// Something could not be read: whatever is open ends here.
    broken: bool,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a str, python: bool) -> Self {
        Self {
            rest,
            python,
            depth: 0,
            broken: false,
        }
    }

    fn read(mut self) -> Option<Lenient> {
        let value = self.value()?;
        let whole = !self.broken && self.rest.trim_start().is_empty();
        Some(Lenient { value, whole })
    }

    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if let Some(string) = self.string() {
            return Some(string);
        }
        match self.rest.chars().next()? {
            '{' => self.nested(Self::object),
            '[' => self.nested(|reader| reader.list('[', ']')),
            '(' if self.python => self.nested(|reader| reader.list('(', ')')),
            '<' if self.python => self.opaque(),
            '-' | '0'..='9' => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        if self.depth >= DEEPEST {
            self.broken = true;
            return None;
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// A string in any notation that is read here.
    fn string(&mut self) -> Option<Value> {
        let (string, rest) = string::read(self.rest, self.python)?;
        self.rest = rest;
        Some(Value::String(string))
    }

    fn number(&mut self) -> Option<Value> {
        let (number, rest) = number::read(self.rest)?;
        self.rest = rest;
        Some(number)
    }

    /// `true`, `NaN`, `None`, or in Python a call such as `UUID('…')`.
    fn word(&mut self) -> Option<Value> {
        let is_part = |character: char| character.is_alphanumeric() || "_.".contains(character);
        let end = self.rest.find(|character| !is_part(character));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "NaN" | "Infinity" => Value::Null,
            "True" if self.python => Value::Bool(true),
            "False" if self.python => Value::Bool(false),
            "None" | "nan" | "inf" if self.python => Value::Null,
            name if self.python && !name.is_empty() && rest.starts_with('(') => {
                self.rest = rest;
                return self.nested(|reader| reader.call(name));
            }
            // `datetime.timezone.utc`: a name of something.
            name if self.python && name.contains('.') => Value::Null,
            _ => return None,
        };
        self.rest = rest;
        Some(value)
    }

    fn object(&mut self) -> Option<Value> {
        self.take('{');
        let mut object = Map::new();
        loop {
            if self.take('}') {
                return Some(Value::Object(object));
            }
            let Some(key) = self.value() else {
                return self.broken(Value::Object(object));
            };
            let key = match key {
                Value::String(key) => key,
                other => other.to_string(),
            };
            if !self.take(':') {
                // A set: Python writes `{1, 2}`.
                return if self.python && object.is_empty() {
                    self.list_after(vec![Value::String(key)], '}')
                } else {
                    self.broken(Value::Object(object))
                };
            }
            match self.value() {
                Some(value) => object.insert(key, value),
                None => return self.broken(Value::Object(object)),
            };
            if self.broken || !(self.take(',') || self.rest.trim_start().starts_with('}')) {
                return self.broken(Value::Object(object));
            }
        }
    }

    fn list(&mut self, open: char, close: char) -> Option<Value> {
        self.take(open);
        if self.take(close) {
            return Some(Value::Array(Vec::new()));
        }
        let Some(first) = self.value() else {
            return self.broken(Value::Array(Vec::new()));
        };
        self.list_after(vec![first], close)
    }

    fn list_after(&mut self, mut list: Vec<Value>, close: char) -> Option<Value> {
        while !self.broken && self.take(',') {
            if self.rest.trim_start().starts_with(close) {
                break;
            }
            match self.value() {
                Some(value) => list.push(value),
                None => return self.broken(Value::Array(list)),
            }
        }
        if self.broken || !self.take(close) {
            return self.broken(Value::Array(list));
        }
        Some(Value::Array(list))
    }

    /// `Name(key=value, …)` as an object with its class; `Name(value)` as the value.
    fn call(&mut self, name: &str) -> Option<Value> {
        self.take('(');
        let mut members = Map::new();
        let mut only = None;
        while !self.take(')') {
            self.rest = self.rest.trim_start();
            let end = self.rest.find(|part| !is_word(part)).unwrap_or(0);
            let (key, rest) = self.rest.split_at(end);
            let value = if let Some(rest) = rest.strip_prefix('=').filter(|_| !key.is_empty()) {
                self.rest = rest;
                let value = self.value();
                value.map(|value| {
                    members.insert(key.to_owned(), value);
                })
            } else {
                let value = self.value();
                value.map(|value| only = Some(value))
            };
            if value.is_none() || self.broken {
                self.broken = true;
                break;
            }
            if !(self.take(',') || self.rest.trim_start().starts_with(')')) {
                self.broken = true;
                break;
            }
        }
        if members.is_empty() {
            return only.or(Some(Value::Null));
        }
        let name = name.rsplit('.').next().unwrap_or(name);
        members.entry("type").or_insert_with(|| name.into());
        Some(Value::Object(members))
    }

    /// `<… object at 0x7f>`: nothing that can be read.
    fn opaque(&mut self) -> Option<Value> {
        let mut depth = 0_usize;
        for (place, character) in self.rest.char_indices() {
            match character {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let (_, rest) = self.rest.split_at(place + 1);
                self.rest = rest;
                return Some(Value::Null);
            }
        }
        self.broken = true;
        None
    }

    /// What there is of a value that cannot be read to its end.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "those who read a value return this"
    )]
    fn broken(&mut self, value: Value) -> Option<Value> {
        self.broken = true;
        Some(value)
    }

    fn take(&mut self, expected: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(expected);
        if let Some(rest) = rest {
            self.rest = rest;
        }
        rest.is_some()
    }
}

#[cfg(test)]
mod tests;
