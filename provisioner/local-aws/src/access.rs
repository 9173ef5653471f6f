//! Who may do what: compares what a request takes with the policies of its caller's role. The keys that
//! are no session's belong to the developer, who may do everything.
//!
//! ```text
//! call -> demand (its row in the table of operations) -> policy -> refusal
//! ```

mod condition;
mod demand;
mod document;
mod pattern;
mod permitted;
mod policy;
#[cfg(test)]
mod tests;
mod trust;

use crate::account::Account;
use crate::route::{Call, On, Service};
use crate::services::lambda::UrlTarget;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;
use demand::{Demand, demands, demands_of_log, demands_of_url};
use permitted::{decide, permitted};
use policy::Decision;

/// What a caller may do and see.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// The caller may not see the tags of the function: the sentence that says so.
    pub(crate) tags_hidden: Option<String>,
    /// The caller is who has started this local AWS, with the key that nobody else gets.
    pub(crate) is_deployer: bool,
}

/// Refuses a call that its signer's policies, or the trust policy of the role it is for, do not allow.
pub(crate) fn check(
    account: &Account,
    caller: &AccessKey,
    call: &Call,
) -> Result<Allowed, ApiError> {
    let mut allowed = Allowed {
        tags_hidden: None,
        is_deployer: account.is_deployer(caller),
    };
    if call.operation.on == On::TrustingRole {
        trust::check(account, caller, call)?;
    }
    if caller.session.is_none() {
        return Ok(allowed);
    }
    for demand in demands(call, &account.scope())? {
        match permitted(account, caller, &demand)? {
            Decision::Allowed => {}
            refused if demand.is_for_tags => {
                allowed.tags_hidden = Some(sentence(caller, &demand, refused));
            }
            refused => return Err(denied(call.service, sentence(caller, &demand, refused))),
        }
    }
    Ok(allowed)
}

/// Whether a request may pass through a function URL. `signed_by` is the access key whose signature
/// was verified, if there was one: its own policies have to allow both actions.
pub(crate) fn may_invoke_url(
    account: &Account,
    target: &UrlTarget,
    signed_by: Option<&AccessKey>,
) -> bool {
    if account.faults().refuse_url(&target.function_name) {
        return false;
    }
    let function_arn = target.arn(&account.scope());
    let allowed = signed_by.is_some_and(|caller| {
        let allows = |demand| permitted(account, caller, &demand) == Ok(Decision::Allowed);
        caller.session.is_none() || demands_of_url(&function_arn).into_iter().all(allows)
    });
    account.lock().functions.may_invoke_url(target, allowed)
}

/// Whether Lambda may write a line to a log stream as the function's role. Each line takes both
/// permissions here, where AWS asks for `CreateLogStream` with the first line alone.
pub(crate) fn may_write_log(
    account: &Account,
    role_arn: &str,
    log_group: &str,
    log_stream: &str,
) -> bool {
    let documents = account.lock().roles.policies_of_role(role_arn);
    let Ok(documents) = documents else {
        return false;
    };
    let allows = |demand| decide(account, &documents, role_arn, &demand) == Ok(Decision::Allowed);
    let demands = demands_of_log(log_group, log_stream, &account.scope());
    demands.into_iter().all(allows)
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
fn denied(service: Service, message: String) -> ApiError {
    match service {
        Service::Iam | Service::Sts => ApiError::forbidden("AccessDenied", message),
        Service::Logs => ApiError::bad_request("AccessDeniedException", message),
        Service::Lambda | Service::Bedrock | Service::AgentCore => ApiError::access_denied(message),
    }
}
