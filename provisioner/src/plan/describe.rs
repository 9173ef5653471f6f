//! What an action is called.

use super::action::{Action, Tagged};
use super::description::{Change, Description};
use super::details::details;

impl Action {
    /// The action in words.
    pub fn describe(&self) -> Description {
        use Change::{Create, Delete, Update};

        let of = |function: &String, alias: &String| format!("{function}:{alias}");
        let (change, resource, name, aspect) = match self {
            Self::CreateLogGroup { name, .. } => (Create, "log group", name.clone(), None),
            Self::SetRetention { log_group, .. } => {
                (Update, "log group", log_group.clone(), Some("retention"))
            }
            Self::CreateRole { name, .. } => (Create, "role", name.clone(), None),
            Self::SetTrust { role, .. } => (Update, "role", role.clone(), Some("trust")),
            Self::PutRolePolicy {
                role, name, from, ..
            } => {
                let change = if from.is_none() { Create } else { Update };
                (change, "role policy", format!("{role}/{name}"), None)
            }
            Self::CreateFunction { name, .. } => (Create, "function", name.clone(), None),
            Self::UpdateConfiguration { function, .. } => {
                (Update, "function", function.clone(), Some("configuration"))
            }
            Self::UpdateCode { function, .. } => {
                (Update, "function", function.clone(), Some("code"))
            }
            Self::Tag { resource, .. } => {
                let (resource, name) = match resource {
                    Tagged::LogGroup { name, .. } => ("log group", name),
                    Tagged::Role { name } => ("role", name),
                    Tagged::Function { name, .. } => ("function", name),
                };
                (Update, resource, name.clone(), Some("tags"))
            }
            Self::Release {
                function,
                alias,
                from,
                ..
            } => {
                let change = if from.is_none() { Create } else { Update };
                (change, "alias", of(function, alias), None)
            }
            Self::PointAlias {
                function, alias, ..
            } => (Update, "alias", of(function, alias), None),
            Self::DeleteVersion { function, version } => {
                (Delete, "version", format!("{function}:{version}"), None)
            }
            Self::SetConcurrency { function, .. } => {
                (Update, "function", function.clone(), Some("concurrency"))
            }
            Self::RemovePermission {
                function,
                alias,
                sid,
                ..
            } => (
                Delete,
                "permission",
                format!("{sid} on {}", of(function, alias)),
                None,
            ),
            Self::AddPermission {
                function,
                alias,
                grant,
            } => {
                let name = format!("{} on {}", grant.sid(), of(function, alias));
                (Create, "permission", name, None)
            }
            Self::CreateUrl {
                function, alias, ..
            } => (Create, "function URL", of(function, alias), None),
            Self::UpdateUrl {
                function, alias, ..
            } => (Update, "function URL", of(function, alias), None),
            Self::DeleteUrl {
                function, alias, ..
            } => (Delete, "function URL", of(function, alias), None),
            Self::DeleteAlias { function, alias } => (Delete, "alias", of(function, alias), None),
            Self::DeleteFunction { name } => (Delete, "function", name.clone(), None),
            Self::DeleteRolePolicy { role, name } => {
                (Delete, "role policy", format!("{role}/{name}"), None)
            }
            Self::DeleteRole { name } => (Delete, "role", name.clone(), None),
            Self::DeleteLogGroup { name } => (Delete, "log group", name.clone(), None),
        };
        Description {
            change,
            resource,
            name,
            aspect,
            details: details(self),
        }
    }
}
