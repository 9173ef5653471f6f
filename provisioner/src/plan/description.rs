//! A change in words.

use std::fmt;

use serde::Serialize;

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    Create,
    Update,
    Delete,
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    pub change: Change,
    pub resource: &'static str,
    pub name: String,
    /// The part of it that changes, where one resource takes several changes.
    pub aspect: Option<&'static str>,
    /// One line for each value.
    pub details: Vec<String>,
}

impl Description {
    /// Of the whole resource, without details.
    pub(super) fn new(change: Change, resource: &'static str, name: impl Into<String>) -> Self {
        Self {
            change,
            resource,
            name: name.into(),
            aspect: None,
            details: Vec::new(),
        }
    }

    pub(super) fn aspect(mut self, aspect: &'static str) -> Self {
        self.aspect = Some(aspect);
        self
    }

    pub(super) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    pub(super) fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }

    /// The resource, without what happens to it.
    pub fn subject(&self) -> String {
        let Self {
            change: _,
            resource,
            name,
            aspect,
            details: _,
        } = self;
        match aspect {
            Some(aspect) => format!("{resource} {name} ({aspect})"),
            None => format!("{resource} {name}"),
        }
    }
}

impl Change {
    /// While it happens.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Create => "creating",
            Self::Update => "updating",
            Self::Delete => "deleting",
        }
    }

    /// Once it has happened.
    pub fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Delete => "deleted",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Delete => "-",
        })
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            change, details, ..
        } = self;
        write!(f, "{change} {}", self.subject())?;
        details
            .iter()
            .try_for_each(|detail| write!(f, "\n    {detail}"))
    }
}
