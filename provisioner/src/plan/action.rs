//! One change to the account. It carries everything needed to carry it out, old values too, and
//! says in words what it does: what is printed is the value that is applied.

use std::fmt;

use crate::deployment::access::UrlSettings;
use crate::deployment::content::{Code, Configuration, Package};
use crate::deployment::document::Document;
use crate::deployment::names::Tags;
use crate::deployment::permission::Grant;
use crate::deployment::record::ContentDigest;
use crate::deployment::state::Released;

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

/// A resource that carries tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    LogGroup { name: String, arn: String },
    Role { name: String },
    Function { name: String, arn: String },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe().fmt(f)
    }
}
