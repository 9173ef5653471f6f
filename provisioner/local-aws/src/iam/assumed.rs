//! Roles from the side of whoever takes them on.

use super::super::api_error::ApiError;
use super::super::sigv4::Session;
use super::roles::Roles;

/// What decides who may take a role on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrustedRole {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) trust: String,
    pub(crate) max_session_seconds: u64,
}

impl Roles {
    /// The role of this ARN.
    pub(crate) fn trusted(&self, arn: &str) -> Option<TrustedRole> {
        let role = self.0.values().find(|role| role.arn == arn)?;
        Some(TrustedRole {
            name: role.name.clone(),
            id: role.id.clone(),
            trust: role.trust.clone(),
            // `CreateRole` has taken whatever came.
            max_session_seconds: role.max_session_seconds.parse().unwrap_or(3600),
        })
    }

    /// The policies that say what a session may do; none if its role is gone.
    pub(crate) fn policies_of(&self, session: &Session) -> Result<Vec<String>, ApiError> {
        let role = self.0.get(&session.role_name);
        let Some(role) = role.filter(|role| role.id == session.role_id) else {
            return Ok(Vec::new());
        };
        match role.attached.keys().next() {
            None => Ok(role.policies.values().cloned().collect()),
            // Only its name is known here.
            Some(arn) => Err(ApiError::not_emulated(format!(
                "what the policy {arn} allows"
            ))),
        }
    }
}
