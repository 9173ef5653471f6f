//! Reserved concurrency: setting it, and admitting invocations by it. Also the account's limits.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::function::{Function, Functions};
use super::reply::Reply;
use crate::route::Call;
use crate::route::{FunctionName, LATEST};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

const ACCOUNT_LIMIT: u32 = 1000;
/// The concurrency that must be left for the functions that reserve none.
const UNRESERVED_MINIMUM: u32 = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PutFunctionConcurrency {
    reserved_concurrent_executions: u32,
}

/// An invocation's share of the reserved concurrency; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Admission {
    _invocation: Arc<()>,
}

pub(super) fn put(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let input: PutFunctionConcurrency = call.decode()?;
    let name = unqualified(call, scope)?;
    let reserved = input.reserved_concurrent_executions;
    let latest = FunctionName {
        qualifier: Some(LATEST.to_owned()),
        ..name.clone()
    };
    functions.find(&latest, scope)?;
    let others: u32 = functions
        .0
        .values()
        .filter(|function| function.name != name.name)
        .filter_map(|function| function.reserved_concurrency)
        .sum();
    if others.saturating_add(reserved) > ACCOUNT_LIMIT - UNRESERVED_MINIMUM {
        return Err(ApiError::invalid_parameter_value(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
        )));
    }
    functions.find_mut(&name, scope)?.reserved_concurrency = Some(reserved);
    Ok(Reply::ok(
        json!({ "ReservedConcurrentExecutions": reserved }),
    ))
}

pub(super) fn get(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = unqualified(call, scope)?;
    let reserved = functions.find(&name, scope)?.reserved_concurrency;
    Ok(Reply::ok(match reserved {
        None => json!({}),
        Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
    }))
}

pub(super) fn delete(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = unqualified(call, scope)?;
    functions.find_mut(&name, scope)?.reserved_concurrency = None;
    Ok(Reply::no_content())
}

/// `GetAccountSettings`
pub(super) fn account_settings(functions: &Functions) -> Reply {
    let functions = &functions.0;
    let reserved: u32 = functions
        .values()
        .filter_map(|function| function.reserved_concurrency)
        .sum();
    let code_size: usize = functions
        .values()
        .flat_map(Function::all_versions)
        .map(|revision| revision.content.package.zip.len())
        .sum();
    Reply::ok(json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": ACCOUNT_LIMIT,
            "UnreservedConcurrentExecutions": ACCOUNT_LIMIT - reserved,
        },
        "AccountUsage": {
            "TotalCodeSize": code_size,
            "FunctionCount": functions.len(),
        },
    }))
}

fn unqualified(call: &Call, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
    let name = call.function(scope)?;
    if name.qualifier.is_some() {
        return Err(ApiError::invalid_parameter_value(
            "This operation is permitted on Lambda functions only. Aliases and versions do not \
             support this operation. Please specify either a function name or an unqualified \
             function ARN.",
        ));
    }
    Ok(name)
}

impl Functions {
    /// Lets one more invocation in, if the function's reserved concurrency has room for it.
    pub(crate) fn admit(&self, function_name: &str) -> Result<Admission, ApiError> {
        let function = self.0.get(function_name).ok_or_else(|| {
            ApiError::resource_not_found(format!("Function not found: {function_name}"))
        })?;
        // The function itself holds one of them.
        let under_way = Arc::strong_count(&function.invocations) - 1;
        match function.reserved_concurrency {
            Some(reserved) if under_way >= reserved as usize => Err(ApiError::throttled()),
            _ => Ok(Admission {
                _invocation: Arc::clone(&function.invocations),
            }),
        }
    }
}
