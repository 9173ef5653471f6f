//! The parts of a policy document that identity policies and trust policies share.

use serde_json::Value;

use super::pattern::matches;
use crate::services::iam::one_or_many;
use crate::wire::api_error::ApiError;

/// Names of actions are the same in any case.
pub(super) fn fits_action(patterns: &Value, action: &str) -> Result<bool, ApiError> {
    let action = action.to_ascii_lowercase();
    any(patterns, |pattern| {
        matches(&pattern.to_ascii_lowercase(), &action)
    })
}

/// Whether a statement's member `name` fits; or whether its `Not…` does not, if it has that one.
pub(super) fn all_but(
    statement: &Value,
    name: &str,
    fits: impl Fn(&Value) -> Result<bool, ApiError>,
) -> Result<bool, ApiError> {
    match statement.get(format!("Not{name}")) {
        Some(but) => fits(but).map(|fits| !fits),
        None => fits(&statement[name]),
    }
}

/// Refuses members that are not known: `NotPrincipal`, for example, would turn a statement's meaning round.
pub(super) fn check_members(statement: &Value, known: &[&str]) -> Result<(), ApiError> {
    let mut members = statement.as_object().into_iter().flatten();
    match members.find(|(name, _)| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(ApiError::not_emulated(format!("`{name}` of a policy"))),
    }
}

/// The strings of a list, or of a list of one.
pub(super) fn texts(value: &Value) -> Result<Vec<String>, ApiError> {
    one_or_many(value)
        .filter(|value| !value.is_null())
        .map(|value| match value {
            Value::String(text) if text.contains("${") => Err(ApiError::not_emulated(format!(
                "the policy variable in `{text}`"
            ))),
            Value::String(text) => Ok(text.clone()),
            other => Ok(other.to_string()),
        })
        .collect()
}

pub(super) fn any(patterns: &Value, test: impl Fn(&str) -> bool) -> Result<bool, ApiError> {
    Ok(texts(patterns)?.iter().any(|pattern| test(pattern)))
}
