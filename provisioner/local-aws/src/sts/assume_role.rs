//! `AssumeRole`: credentials for a while, with which one is a role.

use std::time::Duration;

use super::super::access::{ContextKeys, check_trust};
use super::super::account::Account;
use super::super::api_error::{ApiError, constraint};
use super::super::query_protocol::{Element, Form};
use super::super::sigv4::{AccessKey, Session};
use super::super::timestamp;

/// The least that may be asked for.
const SHORTEST_SECONDS: u64 = 900;
/// The most that any role allows.
const LONGEST_SECONDS: u64 = 43_200;
/// The most where one role takes on another, and what nobody has to ask for.
const USUAL_SECONDS: u64 = 3600;

pub(super) fn assume_role(
    form: &Form,
    caller: &AccessKey,
    account: &Account,
) -> Result<Vec<Element>, ApiError> {
    form.only(&[
        "RoleArn",
        "RoleSessionName",
        "DurationSeconds",
        "ExternalId",
    ])?;
    let arn = form.required("RoleArn")?;
    let session_name = form.required("RoleSessionName")?;
    check_session_name(session_name)?;
    let asked = duration(form.get("DurationSeconds"))?;

    let scope = account.scope();
    let role = account.lock().roles.trusted(arn);
    let mut keys = ContextKeys::from([("aws:principalarn", caller.arn.clone())]);
    if let Some(id) = form.get("ExternalId") {
        keys.insert("sts:externalid", id.to_owned());
    }
    let trust = role.as_ref().map(|role| role.trust.as_str());
    check_trust(account, caller, arn, trust, &keys)?;
    // A role that is not there has just been refused.
    let Some(role) = role else {
        return Err(ApiError::forbidden("AccessDenied", "Access denied"));
    };
    let longest = match caller.session {
        Some(_) => USUAL_SECONDS,
        None => role.max_session_seconds,
    };
    if asked > longest {
        return Err(ApiError::bad_request(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }

    let random = || scope.new_id().simple().to_string();
    let id = random().to_uppercase();
    let key = AccessKey {
        access_key_id: format!("ASIA{id:.16}"),
        secret_access_key: format!("{}{:.8}", random(), random()),
        user_id: format!("{}:{session_name}", role.id),
        arn: format!(
            "arn:aws:sts::{}:assumed-role/{}/{session_name}",
            scope.account_id, role.name
        ),
        session: None,
    };
    let session = Session {
        // As long as on AWS.
        token: (0..10).map(|_| random()).collect(),
        expires: scope.now + Duration::from_secs(asked),
        role_name: role.name,
        role_id: role.id,
    };
    let answer = vec![
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
    ];
    account.keys().add(AccessKey {
        session: Some(session),
        ..key
    });
    Ok(answer)
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
