//! Where an operation runs: the account, the region, the time, and fresh identifiers.

use std::time::{Duration, SystemTime};

use uuid::Uuid;

#[cfg(test)]
pub(crate) mod testing;

/// The account that everything belongs to.
pub const ACCOUNT_ID: &str = "123456789012";

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

/// What an operation gets besides its input: the account, the region, the time, fresh identifiers.
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
