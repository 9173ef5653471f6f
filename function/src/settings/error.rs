//! How a setting can be wrong.

/// A setting that is missing or malformed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the environment variable `{name}` is not set")]
    Missing { name: &'static str },
    #[error("the environment variable `{name}` is `{value}`; allowed: {allowed}")]
    Invalid {
        name: &'static str,
        value: String,
        allowed: &'static str,
    },
    #[error("the environment variable `GATEWAY_AGENTS` is not as expected: {message}")]
    Agents { message: String },
}

pub(super) fn invalid(name: &'static str, value: &str, allowed: &'static str) -> SettingsError {
    SettingsError::Invalid {
        name,
        value: value.to_owned(),
        allowed,
    }
}
