//! The template language: `<%= value %>`, `<% for … %>`, `<%# comment %>`, which collide with nothing
//! in YAML, HCL, TypeScript or shell. A value is always written as a literal of the file's language,
//! so a template cannot forget to quote or to escape.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::literal::{Language, typescript};
use super::view::View;

/// Fills templates.
#[derive(Debug)]
pub(super) struct Templates(Environment<'static>);

impl Templates {
    pub(super) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(
            SyntaxConfig::builder()
                .block_delimiters("<%", "%>")
                .variable_delimiters("<%=", "%>")
                .comment_delimiters("<%#", "%>")
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()?,
        );
        environment.set_formatter(literal);
        environment.add_filter("plain", plain);
        environment.add_filter("key", key);
        environment.add_filter("block", block);
        environment.add_filter("member", member);
        Ok(Self(environment))
    }

    /// `name` tells the language by its extension.
    pub(super) fn render(&self, name: &str, text: &str, view: &View<'_>) -> Result<String, Error> {
        self.0.render_named_str(name, text, Serde(view))
    }
}

/// Every `<%= … %>`: a string becomes a literal, a number and a truth value are the same everywhere.
fn literal(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let written = match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text),
        Some(text) => out.write_str(&language(state)?.text(text)),
        None if value.is_number() => write!(out, "{value}"),
        None if value.kind() == ValueKind::Bool => write!(out, "{}", value.is_true()),
        None => {
            return Err(Error::new(
                ErrorKind::BadSerialization,
                "lists and maps are written with `block`",
            ));
        }
    };
    written.map_err(Error::from)
}

/// `<%= name | plain %>`: as it is, in a comment or inside of a literal. For names, which are made of
/// harmless characters.
fn plain(value: &str) -> Result<Value, Error> {
    let is_harmless = value
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || " _-./:".contains(character));
    if is_harmless {
        Ok(Value::from_safe_string(value.to_owned()))
    } else {
        Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("{value:?} is not harmless enough for `plain`"),
        ))
    }
}

/// `<%= name | key %>`: the key of a map.
fn key(state: &State<'_, '_>, name: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(language(state)?.key(name)))
}

/// `<%= map | block(8) %>`: a map or list over several lines, all but the first indented by so much.
fn block(state: &State<'_, '_>, value: &Value, indent: usize) -> Result<Value, Error> {
    let value = serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::BadSerialization, "not data").with_source(error))?;
    let text = language(state)?.block(&value, indent);
    Ok(Value::from_safe_string(text))
}

/// `<%= value | member("key", 8) %>`: a member of a TypeScript object, on a line or more that are indented
/// by so much.
fn member(Serde(value): Serde<serde_json::Value>, key: &str, indent: usize) -> Value {
    Value::from_safe_string(typescript::member(key, &value, indent))
}

fn language(state: &State<'_, '_>) -> Result<Language, Error> {
    Language::of_file(state.name()).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("the language of `{}` is not known", state.name()),
        )
    })
}
