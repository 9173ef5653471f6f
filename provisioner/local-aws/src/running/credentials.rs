//! The credentials in a function's environment.

use std::sync::Arc;

use super::invocation::FunctionCredentials;
use crate::account::Account;
use crate::services::lambda::Executable;

/// Where functions get their credentials from.
#[derive(Debug)]
pub(crate) enum Credentials {
    /// Each execution environment gets a session of its function's role.
    OfRole(Arc<Account>),
    /// All get these, which are for the real AWS.
    Given(FunctionCredentials),
}

impl Credentials {
    /// `None` if Lambda may not assume the role of the function.
    pub(in crate::running) fn for_environment(
        &self,
        executable: &Executable,
    ) -> Option<FunctionCredentials> {
        match self {
            Self::Given(credentials) => Some(credentials.clone()),
            Self::OfRole(account) => {
                let (key, session) =
                    account.session_of_function(&executable.role, &executable.function_name)?;
                Some(FunctionCredentials {
                    access_key_id: key.access_key_id,
                    secret_access_key: key.secret_access_key,
                    session_token: Some(session.token),
                })
            }
        }
    }
}
