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
use crate::route::{Boundary, Call, On, Service};
use crate::services::lambda::UrlTarget;
use crate::wire::api_error::ApiError;
use crate::wire::sigv4::AccessKey;
use demand::{Demand, demands, demands_of_log, demands_of_url};
use permitted::{Judgement, judge, permitted};

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
    let boundary = boundary(account, call);
    for mut demand in demands(call, &account.scope())? {
        // Also what the tags of a new role take is judged without it.
        if let (Some(arn), true) = (&boundary, demand.action == call.action()) {
            demand = demand.with_key("iam:permissionsboundary", arn);
        }
        let judged = permitted(account, caller, &demand)?;
        if judged.is_allowed() {
            continue;
        }
        let sentence = sentence(caller, &demand, judged);
        if !demand.is_for_tags {
            return Err(denied(call.service, sentence));
        }
        allowed.tags_hidden = Some(sentence);
    }
    Ok(allowed)
}

/// What a condition on the permissions boundary is compared with.
fn boundary(account: &Account, call: &Call) -> Option<String> {
    match call.operation.boundary? {
        Boundary::Asked => call.input.get("PermissionsBoundary").map(str::to_owned),
        Boundary::OfRole => account.lock().roles.boundary_of(&call.names.resource),
    }
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
        let allows = |demand| permitted(account, caller, &demand).is_ok_and(Judgement::is_allowed);
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
    let permissions = account.lock().roles.permissions_of_role(role_arn);
    let Ok(permissions) = permissions else {
        return false;
    };
    let allows =
        |demand| judge(account, &permissions, role_arn, &demand).is_ok_and(Judgement::is_allowed);
    let demands = demands_of_log(log_group, log_stream, &account.scope());
    demands.into_iter().all(allows)
}

/// AWS's own words.
fn sentence(caller: &AccessKey, demand: &Demand, judged: Judgement) -> String {
    let Demand {
        action,
        resource,
        shown,
        ..
    } = demand;
    let resource = shown.as_ref().unwrap_or(resource);
    let why = judged.reason(action);
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
