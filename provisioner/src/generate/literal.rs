//! Values as literals of a language, laid out as its own formatter would.

mod hcl;
mod typescript;
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

/// A string in double quotes, escaped as in JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
