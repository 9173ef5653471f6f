//! Aliases: names that point to a version, and may send a part of the invocations to another.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::alias::Alias;
use super::function::{Function, Functions, stale_revision};
use super::reply::Reply;
use crate::route::Call;
use crate::route::{FunctionName, LATEST, is_alias_name, is_version_number};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

const NAME_PATTERN: &str = "satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateAlias {
    name: String,
    function_version: String,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UpdateAlias {
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
    revision_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoutingConfig {
    #[serde(default)]
    additional_version_weights: BTreeMap<String, f64>,
}

pub(super) fn create(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let input: CreateAlias = call.decode()?;
    if !is_alias_name(&input.name) {
        return Err(ApiError::constraint(input.name, "name", NAME_PATTERN));
    }
    let weights = input.routing_config.unwrap_or_default();
    let target = target(call, &input.function_version, scope)?;
    let function = functions
        .0
        .get_mut(&target.name)
        .ok_or_else(|| target.not_found(scope))?;
    let alias = Alias {
        version: input.function_version,
        description: input.description.unwrap_or_default(),
        weights: weights.additional_version_weights,
        revision_id: scope.new_id().to_string(),
    };
    function.check_target(&alias, scope)?;
    if function.aliases.contains_key(&input.name) {
        return Err(ApiError::resource_conflict(format!(
            "Alias already exists: {}",
            function.arn(Some(&input.name), scope)
        )));
    }
    let answer = function.encode_alias(&input.name, &alias, scope);
    function.aliases.insert(input.name, alias);
    Ok(Reply::created(answer))
}

pub(super) fn get(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let item = &call.names.item;
    let found = functions
        .0
        .get(&name.name)
        .and_then(|function| Some((function, function.aliases.get(item)?)));
    match found {
        Some((function, alias)) => Ok(Reply::ok(function.encode_alias(item, alias, scope))),
        None => Err(cannot_find(&name.name, item, scope)),
    }
}

pub(super) fn update(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let input: UpdateAlias = call.decode()?;
    let item = &call.names.item;
    let function = functions.find_mut(&name, scope)?;
    let Some(before) = function.aliases.get(item) else {
        return Err(ApiError::resource_not_found(format!(
            "Alias not found: {}",
            function.arn(Some(item), scope)
        )));
    };
    if input
        .revision_id
        .is_some_and(|revision_id| revision_id != before.revision_id)
    {
        return Err(stale_revision("GetFunction/GetAlias"));
    }
    let mut alias = before.clone();
    alias.version = input.function_version.unwrap_or(alias.version);
    alias.description = input.description.unwrap_or(alias.description);
    if let Some(routing) = input.routing_config {
        alias.weights = routing.additional_version_weights;
    }
    function.check_target(&alias, scope)?;
    alias.revision_id = scope.new_id().to_string();
    let answer = function.encode_alias(item, &alias, scope);
    function.aliases.insert(item.clone(), alias);
    Ok(Reply::ok(answer))
}

/// The function URL of a deleted alias stays, and refuses everybody: its policy is gone.
pub(super) fn delete(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let function = functions.find_mut(&name, scope)?;
    function.aliases.remove(&call.names.item);
    function.policies.remove(&Some(call.names.item.clone()));
    Ok(Reply::no_content())
}

pub(super) fn list(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let function = functions.find(&name, scope)?;
    let version = call.input.get("FunctionVersion");
    let aliases = function
        .aliases
        .iter()
        .filter(|(_, alias)| version.is_none_or(|version| alias.points_to(version)));
    Ok(Reply::page(call, "Aliases", aliases, |(name, alias)| {
        function.encode_alias(name, alias, scope)
    }))
}

/// The function with the version as qualifier: AWS names the version when the function is missing.
fn target(call: &Call, version: &str, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
    let name = call.function(scope)?;
    Ok(FunctionName {
        qualifier: Some(version.to_owned()),
        ..name
    })
}

pub(super) fn cannot_find(function: &str, alias: &str, scope: &Scope<'_>) -> ApiError {
    let arn = crate::route::function_arn(function, Some(alias), scope);
    ApiError::resource_not_found(format!("Cannot find alias arn: {arn}"))
}

impl Function {
    fn check_target(&self, alias: &Alias, scope: &Scope<'_>) -> Result<(), ApiError> {
        let member = "routingConfig.additionalVersionWeights";
        if alias.weights.len() > 1 {
            return Err(ApiError::invalid_parameter_value(
                "Number of items in AdditionalVersionWeights cannot be greater than 1",
            ));
        }
        for (version, weight) in &alias.weights {
            // AWS writes the number as Java does: 2 as 2.0.
            let value = format!("{{{version}={weight:?}}}");
            if !is_version_number(version) {
                let rule = "satisfy constraint: [Member must have length less than or equal to \
                            1024, Member must have length greater than or equal to 1, Member must \
                            satisfy regular expression pattern: [0-9]+]";
                return Err(map_constraint("keys", &value, member, rule));
            }
            if !(0.0..=1.0).contains(weight) {
                let rule = "satisfy constraint: [Member must have value less than or equal to \
                            1.0, Member must have value greater than or equal to 0.0, Member must \
                            not be null]";
                return Err(map_constraint("value", &value, member, rule));
            }
            if *version == alias.version {
                return Err(ApiError::invalid_parameter_value(format!(
                    "Invalid function version {version}. Function version {version} is already \
                     included in routing configuration."
                )));
            }
            if alias.version == LATEST {
                return Err(ApiError::invalid_parameter_value(
                    "$LATEST is not supported for an alias pointing to more than 1 version",
                ));
            }
        }
        for version in std::iter::once(&alias.version).chain(alias.weights.keys()) {
            let number_or_latest = version == LATEST || is_version_number(version);
            if !number_or_latest || self.revision(Some(version)).is_none() {
                return Err(ApiError::resource_not_found(format!(
                    "Function not found: {}",
                    self.arn(Some(version), scope)
                )));
            }
        }
        Ok(())
    }

    fn encode_alias(&self, name: &str, alias: &Alias, scope: &Scope<'_>) -> Value {
        let mut answer = json!({
            "AliasArn": self.arn(Some(name), scope),
            "Name": name,
            "FunctionVersion": alias.version,
            "Description": alias.description,
            "RevisionId": alias.revision_id,
        });
        if !alias.weights.is_empty() {
            answer["RoutingConfig"] = json!({ "AdditionalVersionWeights": alias.weights });
        }
        answer
    }
}

/// A constraint on the keys or the values of a map has words of its own.
fn map_constraint(part: &str, value: &str, member: &str, rule: &str) -> ApiError {
    let mut error = ApiError::constraint(value, member, rule);
    error.message = error.message.replacen(
        "Member must satisfy constraint: [",
        &format!("Map {part} must satisfy constraint: ["),
        1,
    );
    error
}
