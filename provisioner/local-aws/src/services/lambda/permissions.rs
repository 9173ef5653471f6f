//! `AddPermission`, `GetPolicy`, `RemovePermission`. A policy belongs to the function or to one
//! alias or version, and its `RevisionId` is that of what it belongs to.

use serde::Deserialize;
use serde_json::json;

use super::aliases::cannot_find;
use super::function::{Function, Functions, stale_revision};
use super::policy::{ArnLike, Boolean, Condition, Policy, Principal, Statement, StringEquals};
use super::reply::Reply;
use crate::route::Call;
use crate::route::{FunctionName, LATEST, is_alias_name, is_word};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

const POLICY_LIMIT: usize = 20_480;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AddPermission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    revision_id: Option<String>,
}

pub(super) fn add(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let input: AddPermission = call.decode()?;
    check_input(&input)?;
    let name = call.function(scope)?;
    if name.qualifier.as_deref() == Some(LATEST) {
        return Err(ApiError::invalid_parameter_value(
            "We currently do not support adding policies for $LATEST.",
        ));
    }
    let principal = Principal::parse(&input.principal).ok_or_else(|| {
        ApiError::invalid_parameter_value(
            "The provided principal was invalid. Please check the principal and try again.",
        )
    })?;
    let function = functions.find_mut(&unqualified(&name), scope)?;
    check_target(function, &name, scope)?;
    check_revision(function, &name, input.revision_id.as_deref(), scope)?;

    let mut policy = function
        .policies
        .get(&name.qualifier)
        .cloned()
        .unwrap_or_default();
    if policy.0.iter().any(|it| it.sid == input.statement_id) {
        return Err(ApiError::resource_conflict(format!(
            "The statement id ({}) provided already exists. Please provide a new statement id, or \
             remove the existing statement.",
            input.statement_id
        )));
    }
    let statement = Statement {
        sid: input.statement_id,
        effect: "Allow",
        principal,
        action: input.action,
        resource: name.arn(scope),
        condition: Condition {
            string_equals: StringEquals {
                source_account: input.source_account,
                event_source_token: input.event_source_token,
                function_url_auth_type: input.function_url_auth_type,
                principal_org_id: input.principal_org_id,
            },
            arn_like: input.source_arn.map(|source_arn| ArnLike { source_arn }),
            boolean: input.invoked_via_function_url.map(|via| Boolean {
                invoked_via_function_url: via.to_string(),
            }),
        },
    };
    let answer = json!({ "Statement": statement.document() });
    policy.0.push(statement);
    let size = policy.document().len();
    if size > POLICY_LIMIT {
        return Err(ApiError::bad_request(
            "PolicyLengthExceededException",
            format!("The final policy size ({size}) is bigger than the limit ({POLICY_LIMIT})."),
        ));
    }
    function.policies.insert(name.qualifier.clone(), policy);
    function.touch(name.qualifier.as_deref(), scope);
    Ok(Reply::created(answer))
}

pub(super) fn get(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let found = functions.0.get(&name.name).and_then(|function| {
        let policy = function.policies.get(&policy_key(&name))?;
        Some((function, policy))
    });
    let (function, policy) = found.ok_or_else(|| {
        ApiError::resource_not_found("The resource you requested does not exist.")
    })?;
    let revision_id = function.revision_id(name.qualifier.as_deref(), scope);
    Ok(Reply::ok(policy.describe(revision_id.as_deref())))
}

pub(super) fn remove(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let sid = &call.names.item;
    let Some(function) = functions.0.get_mut(&name.name) else {
        return Err(ApiError::resource_not_found(format!(
            "No policy found for: {}",
            name.arn(scope)
        )));
    };
    check_target(function, &name, scope)?;
    let key = policy_key(&name);
    let policy = function.policies.get(&key).cloned().ok_or_else(|| {
        ApiError::resource_not_found("No policy is associated with the given resource.")
    })?;
    check_revision(function, &name, call.input.get("RevisionId"), scope)?;
    let (kept, removed): (Vec<Statement>, Vec<Statement>) =
        policy.0.into_iter().partition(|it| it.sid != *sid);
    if removed.is_empty() {
        return Err(ApiError::resource_not_found(format!(
            "Statement {sid} is not found in resource policy."
        )));
    }
    if kept.is_empty() {
        function.policies.remove(&key);
    } else {
        function.policies.insert(key, Policy(kept));
    }
    function.touch(name.qualifier.as_deref(), scope);
    Ok(Reply::no_content())
}

fn check_input(input: &AddPermission) -> Result<(), ApiError> {
    if !is_word(&input.statement_id) {
        let rule = "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)";
        return Err(ApiError::constraint(
            &input.statement_id,
            "statementId",
            rule,
        ));
    }
    let fits = input.action == "*"
        || input.action.strip_prefix("lambda:").is_some_and(|action| {
            action == "*"
                || (!action.is_empty() && action.bytes().all(|byte| byte.is_ascii_alphabetic()))
        });
    if !fits {
        let rule = "satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])";
        return Err(ApiError::constraint(&input.action, "action", rule));
    }
    if input.function_url_auth_type.is_some() && input.action != "lambda:InvokeFunctionUrl" {
        return Err(ApiError::invalid_parameter_value(
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        ));
    }
    Ok(())
}

/// Refuses a qualifier that is no version and no alias of the function.
fn check_target(
    function: &Function,
    name: &FunctionName,
    scope: &Scope<'_>,
) -> Result<(), ApiError> {
    let qualifier = name.qualifier.as_deref();
    if function.revision(qualifier).is_some() {
        return Ok(());
    }
    match qualifier {
        Some(alias) if is_alias_name(alias) => Err(cannot_find(&name.name, alias, scope)),
        _ => Err(name.not_found(scope)),
    }
}

fn check_revision(
    function: &Function,
    name: &FunctionName,
    expected: Option<&str>,
    scope: &Scope<'_>,
) -> Result<(), ApiError> {
    let current = function.revision_id(name.qualifier.as_deref(), scope);
    match expected {
        Some(expected) if Some(expected) != current.as_deref() => Err(stale_revision("GetPolicy")),
        _ => Ok(()),
    }
}

fn unqualified(name: &FunctionName) -> FunctionName {
    FunctionName {
        name: name.name.clone(),
        qualifier: None,
    }
}

/// The policy of `$LATEST` is the function's.
fn policy_key(name: &FunctionName) -> Option<String> {
    name.qualifier.clone().filter(|it| it != LATEST)
}
