//! The emulated account: plain data behind one lock, and what the data plane asks of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::faults::Faults;
use crate::scope::{Scope, Setting};
use crate::services::iam::Roles;
use crate::services::lambda::{Admission, Executable, Functions, UrlTarget};
use crate::services::logs::LogGroups;
use crate::services::sts;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::{AccessKey, KeyRing, Session};

/// Everything that exists in the account.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) roles: Roles,
    pub(crate) log_groups: LogGroups,
    pub(crate) functions: Functions,
}

/// The account.
#[derive(Debug)]
pub(crate) struct Account {
    setting: Setting,
    keys: KeyRing,
    /// The access key id with which `dev` itself deploys.
    deployer: String,
    faults: Faults,
    state: Mutex<State>,
}

impl Account {
    pub(crate) fn new(setting: Setting, keys: KeyRing, deployer: String, faults: Faults) -> Self {
        Self {
            setting,
            keys,
            deployer,
            faults,
            state: Mutex::default(),
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.keys
    }

    pub(crate) fn is_deployer(&self, caller: &AccessKey) -> bool {
        caller.access_key_id == self.deployer
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        self.setting.scope()
    }

    /// Also after a panic that poisoned the lock: operations are short and synchronous, and a state
    /// that one of them left half changed is better than a server that answers nothing.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The function behind a function URL, if that URL exists.
    pub(crate) fn function_url(&self, url_id: &str) -> Option<UrlTarget> {
        self.lock().functions.url_target(url_id, &self.scope())
    }

    /// What an invocation of this function would run.
    pub(crate) fn executable(
        &self,
        function_name: &str,
        qualifier: Option<&str>,
    ) -> Result<Executable, ApiError> {
        self.lock()
            .functions
            .executable(function_name, qualifier, &self.scope())
    }

    /// Takes one of the function's reserved concurrent executions; it is given back when the
    /// admission is dropped.
    pub(crate) fn admit(&self, function_name: &str) -> Result<Admission, ApiError> {
        self.lock().functions.admit(function_name)
    }

    /// A session of the role that a function runs as; `None` if Lambda may not assume that role.
    pub(crate) fn session_of_function(
        &self,
        role_arn: &str,
        function_name: &str,
    ) -> Option<(AccessKey, Session)> {
        let roles = &self.lock().roles;
        sts::for_lambda(role_arn, function_name, roles, &self.keys, &self.scope())
    }

    /// Writes a line of a function's log. Without its log group the line is lost: nothing here makes
    /// one, whatever the role allows.
    pub(crate) fn append_log(
        &self,
        log_group: &str,
        stream: &str,
        timestamp_ms: i64,
        message: &str,
    ) {
        let scope = self.scope();
        self.lock()
            .log_groups
            .append(log_group, stream, timestamp_ms, message, &scope);
    }
}
