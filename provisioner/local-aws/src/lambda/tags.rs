//! Tags of functions; versions and aliases have none.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::super::access::TagsHidden;
use super::super::account::{Scope, State};
use super::super::api_error::ApiError;
use super::call::{Call, Reply};
use super::function::Function;
use super::name::FunctionName;

const ARN_PATTERN: &str = r"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";
const TAG_LIMIT: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagResource {
    tags: BTreeMap<String, String>,
}

pub(super) fn tag(state: &mut State, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
    let input: TagResource = call.input()?;
    let function = tagged(state, call, scope)?;
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

pub(super) fn untag(state: &mut State, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
    let keys: Vec<&str> = call.query_all("tagKeys").collect();
    let function = tagged(state, call, scope)?;
    if keys.is_empty() {
        return Err(ApiError::missing("tagKeys"));
    }
    for key in keys {
        function.tags.remove(key);
    }
    function.touch(None, scope);
    Ok(Reply::no_content())
}

pub(super) fn list(state: &mut State, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
    let function = tagged(state, call, scope)?;
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

fn tagged<'a>(
    state: &'a mut State,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<&'a mut Function, ApiError> {
    let arn = &call.route.resource;
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
    state.functions.find_mut(&name, scope)
}

/// Takes the tags out of an answer to somebody who may not see them, as `GetFunction` does.
pub(super) fn hide(mut reply: Reply, hidden: Option<&TagsHidden>) -> Reply {
    if let (Some(TagsHidden(message)), Some(body)) = (hidden, &mut reply.body)
        && let Some(members) = body.as_object_mut()
    {
        members.remove("Tags");
        let error = json!({ "ErrorCode": "AccessDeniedException", "Message": message });
        members.insert("TagsError".to_owned(), error);
    }
    reply
}
