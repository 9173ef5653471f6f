//! Policy documents, compared by meaning: AWS and people spell the same policy in several ways.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A JSON policy document.
#[derive(Debug, Clone, Serialize)]
pub struct Document(Value);

impl Document {
    pub fn new(value: Value) -> Self {
        Self(value)
    }

    /// A document as IAM returns it: percent-encoded JSON (RFC 3986).
    ///
    /// Whatever cannot be parsed becomes a string, which equals no document of ours.
    pub fn from_iam(encoded: &str) -> Self {
        let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
        Self(serde_json::from_str(&decoded).unwrap_or_else(|_| Value::String(decoded.into_owned())))
    }

    /// This document, with the statements of `other` that it does not have. They lose their ids, which
    /// must not come twice.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut statements = list(self.0.get("Statement").cloned().unwrap_or_default());
        for mut statement in list(other.0.get("Statement").cloned().unwrap_or_default()) {
            let Some(members) = statement.as_object_mut() else {
                continue;
            };
            let bare = |statement: &Value| {
                let mut statement = statement.clone();
                if let Some(members) = statement.as_object_mut() {
                    members.remove("Sid");
                }
                normal(&statement)
            };
            members.remove("Sid");
            if !statements.iter().any(|it| bare(it) == normal(&statement)) {
                statements.push(statement);
            }
        }
        let mut document = self.clone();
        if let Some(members) = document.0.as_object_mut() {
            members.insert("Statement".to_owned(), Value::Array(statements));
        }
        document
    }

    /// One line for each thing that the document allows or denies.
    pub fn grants(&self) -> Vec<String> {
        let statements = list(self.0.get("Statement").cloned().unwrap_or_default());
        statements.iter().filter_map(grant).collect()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        normal(&self.0) == normal(&other.0)
    }
}

impl Eq for Document {}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A value with the differences removed that mean nothing: one member or a list of it, the order
/// of a list.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), normal(member)))
            .collect(),
        Value::Array(members) => {
            let mut members: Vec<Value> = members.iter().map(normal).collect();
            members.sort_by_key(Value::to_string);
            match <[Value; 1]>::try_from(members) {
                Ok([only]) => only,
                Err(members) => Value::Array(members),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn grant(statement: &Value) -> Option<String> {
    let words = |key: &str| {
        let values = list(statement.get(key)?.clone());
        Some(
            values
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", "),
        )
    };
    let verb = match statement.get("Effect").and_then(Value::as_str) {
        Some("Deny") => "denies",
        _ => "allows",
    };
    let action =
        words("Action").or_else(|| words("NotAction").map(|action| format!("all but {action}")))?;
    let condition = match statement.get("Condition") {
        Some(condition) => format!(" if {condition}"),
        None => String::new(),
    };
    Some(match words("Resource") {
        Some(resource) => format!("{verb} {action} on {resource}{condition}"),
        None => format!("{verb} {action}{condition}"),
    })
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(members) => members,
        single => vec![single],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        let ours = Document::new(json!({"Statement": [{"Action": ["a", "b"], "Effect": "Allow"}]}));
        let theirs = Document::new(json!({"Statement": {"Effect": "Allow", "Action": ["b", "a"]}}));

        assert_eq!(ours, theirs);
    }

    #[test]
    fn meaning_does() {
        let ours = Document::new(json!({"Statement": [{"Action": "a", "Resource": "x"}]}));
        for other in [
            json!({"Statement": [{"Action": "a", "Resource": "*"}]}),
            json!({"Statement": [{"Action": ["a", "b"], "Resource": "x"}]}),
            json!({"Statement": [{"Action": "a", "Resource": "x", "Condition": {}}]}),
        ] {
            assert_ne!(ours, Document::new(other));
        }
    }

    #[test]
    fn together_they_allow_all_that_either_does() {
        let statement = |id: &str, action: &str| json!({"Sid": id, "Action": action});
        let document = |statements: &[Value]| Document::new(json!({"Statement": statements}));
        let ours = document(&[statement("Ask", "a"), statement("Log", "l")]);
        let theirs = document(&[statement("Ask", "b"), statement("Write", "l")]);

        let both = ours.with(&theirs);

        let statements = [
            statement("Ask", "a"),
            statement("Log", "l"),
            json!({"Action": "b"}),
        ];
        assert_eq!(both, document(&statements));
        assert_eq!(both.with(&ours), both);
        assert_eq!(ours.with(&Document::from_iam("%FF{")), ours);
        let single = Document::new(json!({"Statement": {"Action": "b"}}));
        assert_eq!(both.with(&single), both);
    }

    #[test]
    fn a_statement_is_told_with_its_effect_and_condition() {
        let statements = json!([
            {"Effect": "Allow", "Action": ["a", "b"], "Resource": "x"},
            {"Effect": "Deny", "NotAction": "c", "Resource": ["x", "y"], "Condition": {"Bool": {"d": "true"}}},
        ]);
        let grants = Document::new(json!({ "Statement": statements })).grants();

        insta::assert_snapshot!(grants.join("\n"), @r#"
        allows a, b on x
        denies all but c on x, y if {"Bool":{"d":"true"}}
        "#);
    }

    #[test]
    fn iam_answers_percent_encoded() {
        let document = Document::from_iam("%7B%22Action%22%3A%22a%2Bb%22%7D");

        assert_eq!(document, Document::new(json!({"Action": "a+b"})));
    }

    #[test]
    fn what_cannot_be_parsed_equals_nothing_of_ours() {
        assert_ne!(Document::from_iam("%FF{"), Document::new(json!({})));
    }
}
