//! Tags of functions; versions and aliases have none.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::function::Functions;
use super::reply::Reply;
use crate::route::Call;
use crate::route::FunctionName;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

const ARN_PATTERN: &str = r"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";
const TAG_LIMIT: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagResource {
    tags: BTreeMap<String, String>,
}

pub(super) fn tag(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let input: TagResource = call.decode()?;
    let function = functions.find_mut(&tagged(call, scope)?, scope)?;
    if input.tags.is_empty() {
        return Err(ApiError::invalid_parameter_value(
            "An error occurred and the request cannot be processed.",
        ));
    }
    let mut tags = function.tags.clone();
    tags.extend(input.tags);
    check_tag_count(&tags)?;
    function.tags = tags;
    function.touch(None, scope);
    Ok(Reply::no_content())
}

pub(super) fn untag(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let keys: Vec<&str> = call.input.all("tagKeys").collect();
    let function = functions.find_mut(&tagged(call, scope)?, scope)?;
    if keys.is_empty() {
        return Err(ApiError::missing("tagKeys"));
    }
    for key in keys {
        function.tags.remove(key);
    }
    function.touch(None, scope);
    Ok(Reply::no_content())
}

pub(super) fn list(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let function = functions.find(&tagged(call, scope)?, scope)?;
    Ok(Reply::ok(json!({ "Tags": function.tags })))
}

pub(super) fn check_tag_count(tags: &BTreeMap<String, String>) -> Result<(), ApiError> {
    if tags.len() > TAG_LIMIT {
        return Err(ApiError::invalid_parameter_value(
            "Number of tags exceeds resource tag limit.",
        ));
    }
    Ok(())
}

/// The function that the ARN in the path is of.
fn tagged(call: &Call, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
    let arn = &call.names.resource;
    let invalid = || ApiError::constraint(arn, "resource", ARN_PATTERN);
    if !arn.starts_with("arn:") || !arn.contains(":function:") {
        return Err(invalid());
    }
    let name = FunctionName::parse(arn, None, scope).map_err(|error| {
        if error.code == "ValidationException" {
            invalid()
        } else {
            error
        }
    })?;
    if name.qualifier.is_some() {
        return Err(ApiError::invalid_parameter_value(
            "Tags on function aliases and versions are not supported. Please specify a function \
             ARN.",
        ));
    }
    Ok(name)
}
