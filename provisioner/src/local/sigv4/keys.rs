//! The access keys that this local AWS accepts.

use std::fmt;

/// One accepted key pair and who it belongs to.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names are AWS's")]
pub(crate) struct AccessKey {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    /// As `sts:GetCallerIdentity` tells it.
    pub(crate) user_id: String,
    pub(crate) arn: String,
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

/// All accepted keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRing {
    keys: Vec<AccessKey>,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<AccessKey>) -> Self {
        Self { keys }
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<&AccessKey> {
        self.keys
            .iter()
            .find(|key| key.access_key_id == access_key_id)
    }
}
