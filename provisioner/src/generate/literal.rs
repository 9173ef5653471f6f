//! Values as literals of a language, laid out as its own formatter would.

mod hcl;
mod parts;
pub(super) mod typescript;
mod yaml;

use serde_json::Value;

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

#[cfg(test)]
mod tests;
