//! A world for unit tests: a fixed account, a clock that is a number, identifiers that are fresh.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::{Scope, Setting};

/// For tests in which the time does not matter.
pub(crate) fn scope() -> Scope<'static> {
    scope_at(0)
}

/// A number of milliseconds after the beginning.
pub(crate) fn scope_at(milliseconds: u64) -> Scope<'static> {
    let setting = Box::leak(Box::new(Setting {
        account_id: "123456789012".to_owned(),
        region: "ap-northeast-1".to_owned(),
        transition: Duration::from_millis(300),
        role_propagation: Duration::ZERO,
        clock: || SystemTime::UNIX_EPOCH,
        new_id: Uuid::new_v4,
    }));
    let mut scope = setting.scope();
    // 2026-11-23T03:41:00Z
    scope.now = UNIX_EPOCH + Duration::from_millis(1_795_405_260_000 + milliseconds);
    scope
}
