//! Identity policies: what their statements say together about one action on one resource.

use serde_json::Value;

use super::condition;
use super::demand::ContextKeys;
use super::document::{all_but, any, check_members, fits_action};
use super::pattern::matches;
use crate::services::iam::one_or_many;
use crate::wire::api_error::ApiError;

/// What all policies together say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// No statement allows it.
    NotAllowed,
    /// A statement forbids it, whatever the others say.
    Denied,
}

/// Decides by the policies `documents`.
pub(super) fn decide(
    documents: &[String],
    action: &str,
    resource: &str,
    keys: &ContextKeys,
) -> Result<Decision, ApiError> {
    let mut decision = Decision::NotAllowed;
    for document in documents {
        // IAM has refused documents that cannot be read.
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        for statement in one_or_many(&document["Statement"]) {
            check_members(
                statement,
                &[
                    "Sid",
                    "Effect",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Condition",
                ],
            )?;
            let is_on = |patterns: &Value| any(patterns, |pattern| matches(pattern, resource));
            let fits = all_but(statement, "Action", |it| fits_action(it, action))?
                && all_but(statement, "Resource", is_on)?
                && condition::met(&statement["Condition"], keys)?;
            match statement["Effect"].as_str() {
                Some("Deny") if fits => return Ok(Decision::Denied),
                Some("Allow") if fits => decision = Decision::Allowed,
                _ => {}
            }
        }
    }
    Ok(decision)
}
