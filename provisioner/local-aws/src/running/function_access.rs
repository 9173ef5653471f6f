//! What a function reaches, and as whom.

use std::sync::Arc;

use super::invocation::FunctionCredentials;
use crate::account::Account;
use crate::services::lambda::Executable;

/// What one execution environment is given.
#[derive(Debug)]
pub(crate) struct Access {
    /// `AWS_ENDPOINT_URL`; without it the function reaches the real AWS.
    pub(crate) endpoint_url: Option<String>,
    pub(crate) credentials: FunctionCredentials,
}

/// Decides it for each function.
#[derive(Debug)]
pub(crate) struct FunctionAccess {
    pub(crate) account: Arc<Account>,
    /// Of this local AWS.
    pub(crate) endpoint_url: String,
    /// The developer's own, for the real AWS: for what `dev` itself has deployed, and nothing else.
    pub(crate) developers: Option<FunctionCredentials>,
}

impl FunctionAccess {
    /// Each execution environment gets a session of its function's role. `None` if Lambda may not
    /// assume that role.
    pub(in crate::running) fn for_environment(&self, executable: &Executable) -> Option<Access> {
        if let Some(developers) = &self.developers
            && executable.only_by_deployer
        {
            return Some(Access {
                endpoint_url: None,
                credentials: developers.clone(),
            });
        }
        let Executable {
            role,
            function_name,
            ..
        } = executable;
        let (key, session) = self.account.session_of_function(role, function_name)?;
        Some(Access {
            endpoint_url: Some(self.endpoint_url.clone()),
            credentials: FunctionCredentials {
                access_key_id: key.access_key_id,
                secret_access_key: key.secret_access_key,
                session_token: Some(session.token),
            },
        })
    }
}
