//! Values as literals of a language, laid out as its own formatter would.

mod hcl;
pub(super) mod typescript;
mod yaml;

use serde_json::{Map, Value};

/// A language that files are generated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// CloudFormation's, with `!Sub`.
    Yaml,
    /// Terraform's.
    Hcl,
    /// With the AWS CDK's `Aws` in scope.
    TypeScript,
}

impl Language {
    /// The language that a file's name ends in.
    pub(super) fn of_file(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "yaml" | "yml" => Some(Self::Yaml),
            "tf" => Some(Self::Hcl),
            "ts" | "tsx" => Some(Self::TypeScript),
            _ => None,
        }
    }

    /// A string.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::Yaml => yaml::text(text),
            Self::Hcl => hcl::text(text),
            Self::TypeScript => typescript::text(text),
        }
    }

    /// The key of a map.
    pub(super) fn key(self, name: &str) -> String {
        match self {
            Self::Yaml => yaml::text(name),
            Self::Hcl => hcl::name(name),
            Self::TypeScript => typescript::name(name),
        }
    }

    /// A map or a list over several lines, whose first line stands where it is put.
    pub(super) fn block(self, value: &Value, indent: usize) -> String {
        match self {
            Self::Yaml => yaml::block(value, indent),
            Self::Hcl => hcl::block(value, indent),
            Self::TypeScript => typescript::block(value, indent),
        }
    }
}

/// Members in the order in which people write a policy; those of other maps by name.
fn members(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    const POLICY: [&str; 8] = [
        "Version",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "Action",
        "Resource",
        "Condition",
    ];
    let mut members: Vec<_> = map.iter().collect();
    members.sort_by_key(|(key, _)| {
        let place = POLICY.iter().position(|known| known == key);
        (place.unwrap_or(POLICY.len()), (*key).clone())
    });
    members
}

/// A line that is indented.
fn line(indent: usize, text: &str) -> String {
    format!("\n{:indent$}{text}", "")
}

/// A string in double quotes, with the escapes that all three languages share.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The same without the quotes.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            hidden if is_hidden(hidden) => format!("\\u{:04x}", u32::from(hidden)),
            other => other.to_string(),
        })
        .collect()
}

/// Control characters, and what some take for the end of a line or of nothing.
fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests;
