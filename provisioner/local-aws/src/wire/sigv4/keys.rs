//! The access keys that this local AWS accepts: the developer's, and those of sessions until they end.

use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// One accepted key pair and who it belongs to.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names are AWS's")]
pub(crate) struct AccessKey {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    /// As `sts:GetCallerIdentity` tells it.
    pub(crate) user_id: String,
    pub(crate) arn: String,
    /// `None` is the developer's key, whose holder may do everything.
    pub(crate) session: Option<Session>,
}

/// What makes credentials temporary, and whose policies say what they may do.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) expires: SystemTime,
    pub(crate) role_name: String,
    /// A role of the same name that was made later is another one.
    pub(crate) role_id: String,
}

/// Never the secret, not even of a key that only works here: it may end up in somebody's log.
impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("access_key_id", &self.access_key_id)
            .field("arn", &self.arn)
            .finish_non_exhaustive()
    }
}

/// Without the token, which is half of a secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("role_name", &self.role_name)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// How long a key is known after its session, so that its holder is told that the session is over.
const KEPT_FOR: Duration = Duration::from_hours(1);

/// All accepted keys.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    keys: RwLock<Vec<AccessKey>>,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<AccessKey>) -> Self {
        Self {
            keys: RwLock::new(keys),
        }
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<AccessKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter()
            .find(|key| key.access_key_id == access_key_id)
            .cloned()
    }

    /// Lets a key in. Those of sessions that ended long ago go: a key of each execution environment
    /// would add up.
    pub(crate) fn add(&self, key: AccessKey, now: SystemTime) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|key| {
            let session = key.session.as_ref();
            session.is_none_or(|session| session.expires + KEPT_FOR > now)
        });
        keys.push(key);
    }
}
