//! Roles from the side of whoever assumes them.

use super::roles::{Role, Roles};
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::Session;

/// What a session of a role depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssumableRole {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) trust: String,
    pub(crate) max_session_seconds: u64,
}

/// The documents that say together what a role may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Permissions {
    /// Its inline and attached policies.
    pub(crate) policies: Vec<String>,
    /// What these can allow at most; `None` is no limit.
    pub(crate) boundary: Option<String>,
}

impl Roles {
    /// The role of this ARN.
    pub(crate) fn with_arn(&self, arn: &str) -> Option<AssumableRole> {
        let role = self.role(arn)?;
        Some(AssumableRole {
            name: role.name.clone(),
            id: role.id.clone(),
            trust: role.trust.clone(),
            // `CreateRole` takes any text.
            max_session_seconds: role.max_session_seconds.parse().unwrap_or(3600),
        })
    }

    /// The documents that say what a session may do; none if its role is gone.
    pub(crate) fn permissions_of(&self, session: &Session) -> Result<Permissions, ApiError> {
        let role = self.by_name.get(&session.role_name);
        self.permissions(role.filter(|role| role.id == session.role_id))
    }

    /// The documents of the role of this ARN; none if there is no such role.
    pub(crate) fn permissions_of_role(&self, arn: &str) -> Result<Permissions, ApiError> {
        self.permissions(self.role(arn))
    }

    /// The ARN of the boundary of the role of this name.
    pub(crate) fn boundary_of(&self, role_name: &str) -> Option<String> {
        self.by_name.get(role_name)?.boundary.clone()
    }

    fn role(&self, arn: &str) -> Option<&Role> {
        self.by_name.values().find(|role| role.arn == arn)
    }

    fn permissions(&self, role: Option<&Role>) -> Result<Permissions, ApiError> {
        let Some(role) = role else {
            return Ok(Permissions::default());
        };
        let mut policies: Vec<String> = role.policies.values().cloned().collect();
        for arn in role.attached.keys() {
            policies.push(self.managed.in_force(arn)?);
        }
        let boundary = role.boundary.as_ref();
        let boundary = boundary.map(|arn| self.managed.in_force(arn)).transpose()?;
        Ok(Permissions { policies, boundary })
    }
}
