//! Changes of `$LATEST`: new code, new configuration. Both take a while, and one at a time.

use serde::Deserialize;
use serde_json::json;

use super::function::Functions;
use super::functions::{check_assumable, split};
use super::lifecycle::Lifecycle;
use super::package::Package;
use super::reply::Reply;
use super::settings::{SettingsInput, architecture};
use crate::route::Call;
use crate::scope::Scope;
use crate::services::iam::Roles;
use crate::wire::api_error::{ApiError, decode_members};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UpdateFunctionCode {
    zip_file: Option<String>,
    architectures: Option<Vec<String>>,
    #[serde(default)]
    publish: bool,
    #[serde(default)]
    dry_run: bool,
    revision_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExpectedRevision {
    revision_id: Option<String>,
}

pub(super) fn update_code(
    functions: &mut Functions,
    call: &Call,
    by_deployer: bool,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let input: UpdateFunctionCode = call.decode()?;
    let zip = input.zip_file.ok_or_else(|| {
        ApiError::invalid_parameter_value("Please provide a source for function code.")
    })?;
    let package = Package::upload(&zip)?;
    let architecture = architecture(input.architectures)?;

    let function = functions.find_mut(&name, scope)?;
    function.check_revision(input.revision_id.as_deref(), scope)?;
    function.check_settled(scope)?;
    if input.dry_run {
        // Answers what the function would be, and changes nothing.
        let mut answer = function.configuration(&function.latest, None, scope);
        answer["CodeSha256"] = json!(package.sha256);
        answer["CodeSize"] = json!(package.zip.len());
        return Ok(Reply::ok(answer));
    }
    let mut settings = function.latest.content.settings.clone();
    settings.architecture = architecture.unwrap_or(settings.architecture);
    function.update(settings, package, by_deployer, scope);
    if input.publish {
        let revision = function.publish(None, Lifecycle::creating(scope), scope);
        let answer = function.configuration(&revision, Some(&revision.version), scope);
        return Ok(Reply::ok(answer));
    }
    Ok(Reply::ok(function.configuration(
        &function.latest,
        None,
        scope,
    )))
}

pub(super) fn update_configuration(
    functions: &mut Functions,
    roles: &Roles,
    call: &Call,
    by_deployer: bool,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let [expected, settings] = split(call.decode()?, &["RevisionId"]);
    let expected: ExpectedRevision = decode_members(call.operation.name, expected)?;
    let input: SettingsInput = decode_members(call.operation.name, settings)?;

    let function = functions.find(&name, scope)?;
    let before = function.latest.content.settings.clone();
    let package = function.latest.content.package.clone();
    let settings = input.apply(before.clone())?;
    if settings.role != before.role {
        check_assumable(roles, &settings.role, scope)?;
    }
    let function = functions.find_mut(&name, scope)?;
    function.check_revision(expected.revision_id.as_deref(), scope)?;
    function.check_settled(scope)?;
    function.update(settings, package, by_deployer, scope);
    Ok(Reply::ok(function.configuration(
        &function.latest,
        None,
        scope,
    )))
}
