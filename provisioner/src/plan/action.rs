//! One change to the account. It carries everything needed to carry it out, old values too, and
//! says in words what it does: what is printed is the value that is applied.

use std::fmt;

use serde::Serialize;

use crate::document::Document;
use crate::package::Package;
use crate::permission::Grant;
use crate::record::{ContentDigest, Record};
use crate::state::{Code, Configuration, LiveAlias, Tags, UrlSettings};

/// A change, with nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    CreateLogGroup {
        name: String,
        retention_days: u16,
        tags: Tags,
    },
    SetRetention {
        log_group: String,
        from: Option<i32>,
        to: u16,
    },
    CreateRole {
        name: String,
        trust: Document,
        tags: Tags,
    },
    SetTrust {
        role: String,
        from: Document,
        to: Document,
    },
    PutRolePolicy {
        role: String,
        name: String,
        from: Option<Document>,
        to: Document,
    },
    CreateFunction {
        name: String,
        configuration: Configuration,
        package: Package,
        tags: Tags,
    },
    UpdateConfiguration {
        function: String,
        from: Configuration,
        to: Configuration,
    },
    UpdateCode {
        function: String,
        from: Code,
        to: Package,
    },
    Tag {
        resource: Tagged,
        from: Tags,
        to: Tags,
    },
    /// Publishes `$LATEST` and lets the alias point there.
    Release {
        function: String,
        alias: String,
        code_sha256: String,
        from: Option<Released>,
        /// What changes for callers, one line for each value, where no change of `$LATEST` says so.
        differences: Vec<String>,
    },
    /// Lets the alias point to a version that is there already.
    PointAlias {
        function: String,
        alias: String,
        version: String,
        /// What that version holds.
        content: ContentDigest,
        from: Released,
        /// What changes for callers, one line for each value.
        differences: Vec<String>,
    },
    /// Deletes a version that nobody points to.
    DeleteVersion {
        function: String,
        version: u64,
    },
    SetConcurrency {
        function: String,
        from: Option<i32>,
        to: u16,
    },
    RemovePermission {
        function: String,
        alias: String,
        sid: String,
        /// What it grants, if that may be granted again.
        grants: Option<Grant>,
        reason: &'static str,
    },
    AddPermission {
        function: String,
        alias: String,
        grant: Grant,
    },
    CreateUrl {
        function: String,
        alias: String,
        settings: UrlSettings,
    },
    UpdateUrl {
        function: String,
        alias: String,
        from: UrlSettings,
        to: UrlSettings,
    },
    DeleteUrl {
        function: String,
        alias: String,
        url: String,
    },
    DeleteAlias {
        function: String,
        alias: String,
    },
    DeleteFunction {
        name: String,
    },
    DeleteRolePolicy {
        role: String,
        name: String,
    },
    DeleteRole {
        name: String,
    },
    DeleteLogGroup {
        name: String,
    },
}

/// What an alias points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    pub version: String,
    pub also_routed_to: Vec<String>,
    /// Guards against somebody moving the alias meanwhile.
    pub revision_id: Option<String>,
    /// What the version holds.
    pub content: ContentDigest,
    /// The version that was live before this one.
    pub previous: Option<String>,
    /// It has not shown yet that it works behind the URL.
    pub on_trial: bool,
}

impl Released {
    /// What `alias` points to.
    pub fn of(alias: &LiveAlias) -> Self {
        let LiveAlias {
            version,
            configuration,
            code,
            also_routed_to,
            revision_id,
            record,
        } = alias;
        let record = record.as_ref().filter(|record| record.version == *version);
        Self {
            version: version.clone(),
            also_routed_to: also_routed_to.clone(),
            revision_id: revision_id.clone(),
            content: ContentDigest::of(configuration, code),
            previous: record.and_then(|record| record.previous.clone()),
            on_trial: record.is_some_and(|record| record.on_trial),
        }
    }

    /// The record for pointing the alias here again, while `$LATEST` holds `latest`.
    pub fn record(&self, latest: ContentDigest) -> Record {
        Record {
            version: self.version.clone(),
            content: self.content.clone(),
            latest,
            previous: self.previous.clone(),
            on_trial: self.on_trial,
        }
    }
}

/// A resource that carries tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    LogGroup { name: String, arn: String },
    Role { name: String },
    Function { name: String, arn: String },
}

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

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe().fmt(f)
    }
}
