//! Conditions of statements, with the operators and keys that are emulated; all others are refused
//! by name, because to pass over one would let in what AWS keeps out.

use serde_json::Value;

use super::demand::ContextKeys;
use super::document::texts;
use super::pattern::matches;
use crate::services::iam::one_or_many;
use crate::wire::api_error::ApiError;

/// The keys that are emulated. A request without one of them is a request that AWS would see without
/// it, too.
const KEYS: [&str; 8] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:requestedregion",
    "iam:passedtoservice",
    "iam:permissionsboundary",
    "lambda:functionurlauthtype",
    "lambda:invokedviafunctionurl",
    "sts:externalid",
];

/// Whether a request meets all conditions of a statement.
pub(super) fn met(condition: &Value, keys: &ContextKeys) -> Result<bool, ApiError> {
    let mut all = true;
    for (operator, wanted) in condition.as_object().into_iter().flatten() {
        for (key, values) in wanted.as_object().into_iter().flatten() {
            let name = key.to_ascii_lowercase();
            if !KEYS.contains(&name.as_str()) {
                return Err(ApiError::not_emulated(format!("the condition key `{key}`")));
            }
            all &= one(
                operator,
                keys.get(name.as_str()).map(String::as_str),
                values,
            )?;
        }
    }
    Ok(all)
}

fn one(operator: &str, found: Option<&str>, values: &Value) -> Result<bool, ApiError> {
    let (base, if_exists) = match operator.strip_suffix("IfExists") {
        Some(base) => (base, true),
        None => (operator, false),
    };
    let any = |test: &dyn Fn(&str, &str) -> bool| -> Result<bool, ApiError> {
        let wanted = texts(values)?;
        Ok(match found {
            None => if_exists,
            Some(found) => wanted.iter().any(|wanted| test(wanted, found)),
        })
    };
    let none = |test: &dyn Fn(&str, &str) -> bool| -> Result<bool, ApiError> {
        let wanted = texts(values)?;
        // A key that is not there differs from every value.
        Ok(found.is_none_or(|found| !wanted.iter().any(|wanted| test(wanted, found))))
    };
    let same_letters = |wanted: &str, found: &str| wanted.eq_ignore_ascii_case(found);
    match base {
        "StringEquals" => any(&|wanted, found| wanted == found),
        "StringEqualsIgnoreCase" | "Bool" => any(&same_letters),
        "StringLike" | "ArnLike" | "ArnEquals" => any(&matches),
        "StringNotEquals" => none(&|wanted, found| wanted == found),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => none(&matches),
        "Null" => Ok(one_or_many(values)
            .any(|value| value.to_string().trim_matches('"') == found.is_none().to_string())),
        _ => Err(ApiError::not_emulated(format!(
            "the condition operator `{operator}`"
        ))),
    }
}
