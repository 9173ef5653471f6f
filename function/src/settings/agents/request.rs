//! What a runtime is asked with, where its deployment says so: any JSON, with placeholders in its strings.
//!
//! A string that is one placeholder becomes its value, whatever that is; inside a longer string only text
//! may stand. `$${` writes `${`.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A template whose placeholders are known, and which asks something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct RequestTemplate(Node);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// As it is.
    Fixed(Value),
    /// The value of a placeholder.
    Value(Placeholder),
    /// A string with placeholders inside.
    Text(Vec<Piece>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A part of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    Of(Placeholder),
}

/// What is not known before somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    Question,
    /// The id of the session, as the runtime gets it in a header, too.
    Session,
    /// Who asks, as the runtime is told in a header, too.
    Caller,
    /// What comes with the question.
    Files,
    /// The turns before the question.
    History,
    /// The turns before the question, and the question.
    Messages,
}

impl Placeholder {
    const ALL: [(&'static str, Self); 6] = [
        ("question", Self::Question),
        ("session", Self::Session),
        ("caller", Self::Caller),
        ("files", Self::Files),
        ("history", Self::History),
        ("messages", Self::Messages),
    ];

    fn named(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|(_, placeholder)| *placeholder).ok_or_else(|| {
            let known = Self::ALL.map(|(name, _)| format!("`${{{name}}}`"));
            format!(
                "`request` has the unknown placeholder `${{{name}}}`; there is: {}",
                known.join(", ")
            )
        })
    }

    fn is_text(self) -> bool {
        match self {
            Self::Question | Self::Session | Self::Caller => true,
            Self::Files | Self::History | Self::Messages => false,
        }
    }
}

impl RequestTemplate {
    /// The whole of it.
    pub fn root(&self) -> &Node {
        &self.0
    }

    /// Whether the files of a question go out with it.
    pub fn passes_files(&self) -> bool {
        self.0
            .has(&|placeholder| matches!(placeholder, Placeholder::Files | Placeholder::Messages))
    }

    /// Whether it has to be known who asks.
    pub fn names_caller(&self) -> bool {
        self.0
            .has(&|placeholder| placeholder == Placeholder::Caller)
    }
}

impl TryFrom<Value> for RequestTemplate {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let root = Node::of(value)?;
        let asks = |it| matches!(it, Placeholder::Question | Placeholder::Messages);
        if root.has(&asks) {
            Ok(Self(root))
        } else {
            Err("`request` has neither `${question}` nor `${messages}`".to_owned())
        }
    }
}

impl Node {
    fn of(value: Value) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => Self::of_text(&text)?,
            Value::Array(values) => {
                let nodes = values.into_iter().map(Self::of);
                Self::List(nodes.collect::<Result<_, _>>()?)
            }
            Value::Object(members) => Self::of_object(members)?,
            fixed @ (Value::Null | Value::Bool(_) | Value::Number(_)) => Self::Fixed(fixed),
        })
    }

    fn of_text(text: &str) -> Result<Self, String> {
        let pieces = pieces(text)?;
        Ok(match pieces.as_slice() {
            [] => Self::Fixed(String::new().into()),
            [Piece::Literal(text)] => Self::Fixed(text.clone().into()),
            [Piece::Of(placeholder)] => Self::Value(*placeholder),
            several => {
                let no_text = |piece: &&Piece| matches!(piece, Piece::Of(it) if !it.is_text());
                if several.iter().any(|piece| no_text(&piece)) {
                    return Err(
                        "`request` has `${files}`, `${history}` or `${messages}` inside a longer string: they are lists"
                            .to_owned(),
                    );
                }
                Self::Text(pieces)
            }
        })
    }

    fn of_object(members: Map<String, Value>) -> Result<Self, String> {
        let members = members.into_iter().map(|(key, value)| {
            let key = match pieces(&key)?.as_slice() {
                [] => String::new(),
                [Piece::Literal(key)] => key.clone(),
                _ => return Err(format!("`request` has a placeholder in the key `{key}`")),
            };
            Ok((key, Self::of(value)?))
        });
        Ok(Self::Object(members.collect::<Result<_, _>>()?))
    }

    fn has(&self, is_meant: &impl Fn(Placeholder) -> bool) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Value(placeholder) => is_meant(*placeholder),
            Self::Text(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Of(placeholder) if is_meant(*placeholder))),
            Self::List(nodes) => nodes.iter().any(|node| node.has(is_meant)),
            Self::Object(members) => members.iter().any(|(_, node)| node.has(is_meant)),
        }
    }
}

/// A string in its parts, of which no two literal ones stand side by side.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let (mut literal, mut rest) = (String::new(), text);
    while let Some((before, opened)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            literal.push_str(before);
            literal.push_str("${");
            rest = opened;
            continue;
        }
        literal.push_str(before);
        let Some((name, after)) = opened.split_once('}') else {
            return Err("`request` has a `${` without a `}`; `$${` writes `${`".to_owned());
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Of(Placeholder::named(name)?));
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(template: Value) -> String {
        RequestTemplate::try_from(template).unwrap_err()
    }

    #[test]
    fn strings_fall_into_their_parts() {
        let literal = |text: &str| Piece::Literal(text.to_owned());
        for (text, expected) in [
            ("", vec![]),
            ("a $ {b} }", vec![literal("a $ {b} }")]),
            ("${question}", vec![Piece::Of(Placeholder::Question)]),
            (
                "<${session}> ",
                vec![literal("<"), Piece::Of(Placeholder::Session), literal("> ")],
            ),
            ("$${question}", vec![literal("${question}")]),
            ("a$$${x}b$${", vec![literal("a$${x}b${")]),
            (
                "$$${a}${caller}",
                vec![literal("$${a}"), Piece::Of(Placeholder::Caller)],
            ),
        ] {
            assert_eq!(pieces(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_is_refused() {
        for (template, complaint) in [
            (json!("hello"), "neither `${question}` nor `${messages}`"),
            (json!({"a": "${history}"}), "neither"),
            (json!({"a": "$${question}"}), "neither"),
            (json!({"${question}": "${question}"}), "in the key"),
            (
                json!(["${question}", "${prompt}"]),
                "`${prompt}`; there is: `${question}`",
            ),
            (json!("${question} ${Session}"), "`${Session}`"),
            (json!("${}"), "`${}`"),
            (json!("${question"), "without a `}`"),
            (json!("all: ${messages}"), "inside a longer string"),
        ] {
            let refused = refused(template.clone());
            assert!(refused.contains(complaint), "{template}: {refused}");
        }
    }

    #[test]
    fn it_is_known_whether_it_tells_who_asks() {
        let template = |value| RequestTemplate::try_from(value).unwrap();
        assert!(template(json!(["${question}", {"a": "by ${caller}"}])).names_caller());
        assert!(!template(json!("${question} $${caller}")).names_caller());
    }
}
