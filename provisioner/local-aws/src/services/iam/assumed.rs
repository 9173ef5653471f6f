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

    /// The policies that say what a session may do; none if its role is gone.
    pub(crate) fn policies_of(&self, session: &Session) -> Result<Vec<String>, ApiError> {
        let role = self.0.get(&session.role_name);
        policies(role.filter(|role| role.id == session.role_id))
    }

    /// The policies of the role of this ARN; none if there is no such role.
    pub(crate) fn policies_of_role(&self, arn: &str) -> Result<Vec<String>, ApiError> {
        policies(self.role(arn))
    }

    fn role(&self, arn: &str) -> Option<&Role> {
        self.0.values().find(|role| role.arn == arn)
    }
}

fn policies(role: Option<&Role>) -> Result<Vec<String>, ApiError> {
    let Some(role) = role else {
        return Ok(Vec::new());
    };
    match role.attached.keys().next() {
        None => Ok(role.policies.values().cloned().collect()),
        // The documents of attached policies are not known here.
        Some(arn) => Err(ApiError::not_emulated(format!(
            "what the policy {arn} allows"
        ))),
    }
}
