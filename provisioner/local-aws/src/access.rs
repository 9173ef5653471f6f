//! Who may do what: holds the policies of a session's role against what a request takes. Keys for
//! ever belong to the developer, who may do everything.
//!
//! ```text
//! request -> demand (the table of AWS's service authorization reference) -> policy -> refusal
//! ```

mod asked;
mod condition;
mod demand;
mod pattern;
mod policy;
#[cfg(test)]
mod tests;
mod trust;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::request::Parts;

use super::account::{Account, Scope};
use super::api_error::ApiError;
use super::sigv4::AccessKey;
use demand::Demand;
use policy::Decision;

pub(crate) use asked::Asked;
pub(crate) use trust::check_trust;

/// What conditions are held against: keys in lower case, as policies spell them in any.
pub(crate) type ContextKeys = BTreeMap<&'static str, String>;

/// That the caller may see a function, but not its tags: the sentence that says so.
#[derive(Debug, Clone)]
pub(crate) struct TagsHidden(pub(crate) String);

/// Refuses a request that its signer's policies do not allow.
pub(crate) fn check(
    account: &Account,
    caller: &AccessKey,
    service: &str,
    parts: &Parts,
    body: &Bytes,
) -> Result<Option<TagsHidden>, ApiError> {
    if caller.session.is_none() {
        return Ok(None);
    }
    let scope = account.scope();
    let asked = Asked::read(service, parts, body, &scope)?;
    let mut hidden = None;
    for demand in demand::demands(&asked, &scope)? {
        match permitted(account, caller, &demand, &scope)? {
            Decision::Allowed => {}
            refused if demand.is_for_tags => {
                hidden = Some(TagsHidden(sentence(caller, &demand, refused)));
            }
            refused => return Err(denied(service, sentence(caller, &demand, refused))),
        }
    }
    Ok(hidden)
}

/// Whether a signed request may pass through the function URL of `function_arn`: the caller's own
/// policies have to allow both actions.
pub(crate) fn may_call_url(account: &Account, caller: &AccessKey, function_arn: &str) -> bool {
    let scope = account.scope();
    let conditions = [
        (
            "lambda:InvokeFunctionUrl",
            ("lambda:functionurlauthtype", "AWS_IAM"),
        ),
        (
            "lambda:InvokeFunction",
            ("lambda:invokedviafunctionurl", "true"),
        ),
    ];
    caller.session.is_none()
        || conditions.into_iter().all(|(action, (key, value))| {
            let demand = Demand {
                keys: [(key, value.to_owned())].into(),
                ..Demand::of(action, function_arn.to_owned())
            };
            permitted(account, caller, &demand, &scope) == Ok(Decision::Allowed)
        })
}

/// Whether `caller`, if it has a session, may do `action` on `resource` by its own policies.
fn allows(
    account: &Account,
    caller: &AccessKey,
    action: &str,
    resource: &str,
) -> Result<bool, ApiError> {
    let demand = Demand::of(action, resource.to_owned());
    let decision = permitted(account, caller, &demand, &account.scope())?;
    Ok(caller.session.is_none() || decision == Decision::Allowed)
}

fn permitted(
    account: &Account,
    caller: &AccessKey,
    demand: &Demand,
    scope: &Scope<'_>,
) -> Result<Decision, ApiError> {
    let documents = match &caller.session {
        Some(session) => account.lock().roles.policies_of(session)?,
        None => Vec::new(),
    };
    let mut keys = demand.keys.clone();
    keys.insert("aws:principalarn", caller.arn.clone());
    keys.insert("aws:principalaccount", scope.account_id.to_owned());
    keys.insert("aws:requestedregion", scope.region.to_owned());
    policy::decide(&documents, &demand.action, &demand.resource, &keys)
}

/// AWS's own words.
fn sentence(caller: &AccessKey, demand: &Demand, refused: Decision) -> String {
    let Demand {
        action,
        resource,
        shown,
        ..
    } = demand;
    let resource = shown.as_ref().unwrap_or(resource);
    let why = match refused {
        Decision::Denied => "with an explicit deny in an identity-based policy".to_owned(),
        Decision::Allowed | Decision::NotAllowed => {
            format!("because no identity-based policy allows the {action} action")
        }
    };
    format!(
        "User: {} is not authorized to perform: {action} on resource: {resource} {why}",
        caller.arn
    )
}

/// Each protocol has a code of its own for it.
fn denied(service: &str, message: String) -> ApiError {
    match service {
        "iam" | "sts" => ApiError::forbidden("AccessDenied", message),
        "logs" => ApiError::bad_request("AccessDeniedException", message),
        _ => ApiError::access_denied(message),
    }
}
