//! The emulated account: plain data behind one lock, and what the data plane asks of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::access;
use super::api_error::ApiError;
use super::faults::Faults;
use super::iam::Roles;
use super::invoker::Executable;
use super::lambda::{Admission, Functions, UrlTarget};
use super::logs::LogGroups;
use super::sigv4::{AccessKey, KeyRing};

/// Where the account is and how it behaves; the same for every request.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) account_id: String,
    pub(crate) region: String,
    /// How long a function stays `Pending`, or its update `InProgress`.
    pub(crate) transition: Duration,
    /// How long a new role cannot be assumed by Lambda.
    pub(crate) role_propagation: Duration,
    pub(crate) clock: fn() -> SystemTime,
    pub(crate) new_id: fn() -> Uuid,
}

/// What an operation is told besides its input: where it runs, the time, and fresh identifiers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) region: &'a str,
    pub(crate) now: SystemTime,
    pub(crate) transition: Duration,
    pub(crate) role_propagation: Duration,
    new_id: fn() -> Uuid,
}

impl Scope<'_> {
    pub(crate) fn new_id(&self) -> Uuid {
        (self.new_id)()
    }
}

impl Setting {
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            account_id: &self.account_id,
            region: &self.region,
            now: (self.clock)(),
            transition: self.transition,
            role_propagation: self.role_propagation,
            new_id: self.new_id,
        }
    }
}

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
    faults: Faults,
    state: Mutex<State>,
}

impl Account {
    pub(crate) fn new(setting: Setting, keys: KeyRing, faults: Faults) -> Self {
        Self {
            setting,
            keys,
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

    pub(crate) fn scope(&self) -> Scope<'_> {
        self.setting.scope()
    }

    /// Every operation is one short, synchronous change: a panic in one cannot leave it half done
    /// in a way that the next has to fear more than a dead server.
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

    /// Whether a request may pass through a function URL. `signed_by` is the access key whose
    /// signature was verified, if there was one.
    pub(crate) fn may_invoke_url(&self, target: &UrlTarget, signed_by: Option<&AccessKey>) -> bool {
        if self.faults.refuse_url(&target.function_name) {
            return false;
        }
        let allowed = signed_by
            .is_some_and(|key| access::may_call_url(self, key, &target.arn(&self.scope())));
        self.lock().functions.may_invoke_url(target, allowed)
    }

    /// Writes a line of a function's log. Without its log group the line is lost, as on AWS when
    /// the role may not create groups.
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
