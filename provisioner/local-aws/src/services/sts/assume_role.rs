//! `AssumeRole`: temporary credentials of a role.

use super::session;
use crate::scope::Scope;
use crate::services::iam::Roles;
use crate::wire::api_error::{ApiError, constraint};
use crate::wire::parameters::Parameters;
use crate::wire::query_protocol::Element;
use crate::wire::sigv4::{AccessKey, KeyRing};
use crate::wire::timestamp;

/// The shortest session.
const SHORTEST_SECONDS: u64 = 900;
/// The longest session that any role allows.
const LONGEST_SECONDS: u64 = 43_200;
/// The longest session where one role assumes another, and the length without `DurationSeconds`.
const USUAL_SECONDS: u64 = 3600;

pub(super) fn assume_role(
    form: &Parameters,
    caller: &AccessKey,
    roles: &Roles,
    keys: &KeyRing,
    scope: &Scope<'_>,
) -> Result<Vec<Element>, ApiError> {
    form.only(
        "AssumeRole",
        &[
            "RoleArn",
            "RoleSessionName",
            "DurationSeconds",
            "ExternalId",
        ],
    )?;
    let arn = form.required("RoleArn")?;
    let session_name = form.required("RoleSessionName")?;
    check_session_name(session_name)?;
    let seconds = duration(form.get("DurationSeconds"))?;
    // `access` has refused a role that does not exist; this one was deleted since.
    let role = roles
        .with_arn(arn)
        .ok_or_else(|| ApiError::forbidden("AccessDenied", "Access denied"))?;
    let longest = match caller.session {
        Some(_) => USUAL_SECONDS,
        None => role.max_session_seconds,
    };
    if seconds > longest {
        return Err(ApiError::bad_request(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let (key, session) = session::begin(&role, session_name, seconds, keys, scope);
    Ok(vec![
        Element::node(
            "Credentials",
            vec![
                Element::text("AccessKeyId", &key.access_key_id),
                Element::text("SecretAccessKey", &key.secret_access_key),
                Element::text("SessionToken", &session.token),
                Element::text("Expiration", timestamp::with_seconds(session.expires)),
            ],
        ),
        Element::node(
            "AssumedRoleUser",
            vec![
                Element::text("AssumedRoleId", &key.user_id),
                Element::text("Arn", &key.arn),
            ],
        ),
    ])
}

fn check_session_name(name: &str) -> Result<(), ApiError> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    let rule = if name.len() < 2 {
        "have length greater than or equal to 2"
    } else if name.len() > 64 {
        "have length less than or equal to 64"
    } else if !name.chars().all(allowed) {
        r"satisfy regular expression pattern: [\w+=,.@-]*"
    } else {
        return Ok(());
    };
    Err(ApiError::bad_request(
        "ValidationError",
        constraint(name, "roleSessionName", rule),
    ))
}

fn duration(asked: Option<&str>) -> Result<u64, ApiError> {
    let Some(asked) = asked else {
        return Ok(USUAL_SECONDS);
    };
    let seconds: u64 = asked.parse().unwrap_or_default();
    let rule = if seconds < SHORTEST_SECONDS {
        format!("have value greater than or equal to {SHORTEST_SECONDS}")
    } else if seconds > LONGEST_SECONDS {
        format!("have value less than or equal to {LONGEST_SECONDS}")
    } else {
        return Ok(seconds);
    };
    Err(ApiError::bad_request(
        "ValidationError",
        constraint(asked, "durationSeconds", rule),
    ))
}
