//! Functions themselves: create, read, list, delete.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::function::{Content, Function, Functions, Revision};
use super::lifecycle::Lifecycle;
use super::package::Package;
use super::reply::Reply;
use super::settings::{Settings, SettingsInput, architecture};
use super::tags::check_tag_count;
use crate::route::Call;
use crate::route::{FunctionName, LATEST, is_alias_name};
use crate::scope::Scope;
use crate::services::iam::Roles;
use crate::wire::api_error::{ApiError, constraint, decode_members};

/// The members that only `CreateFunction` has; the rest are settings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateFunction {
    function_name: String,
    code: Code,
    #[serde(default)]
    publish: bool,
    package_type: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    architectures: Option<Vec<String>>,
}

const CREATE_ONLY: [&str; 6] = [
    "FunctionName",
    "Code",
    "Publish",
    "PackageType",
    "Tags",
    "Architectures",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Code {
    zip_file: Option<String>,
}

pub(super) fn create(
    functions: &mut Functions,
    roles: &Roles,
    call: &Call,
    by_deployer: bool,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let [own, settings] = split(call.decode()?, &CREATE_ONLY);
    let input: CreateFunction = decode_members(call.operation.name, own)?;
    let settings: SettingsInput = decode_members(call.operation.name, settings)?;

    let FunctionName { name, qualifier } = FunctionName::parse(&input.function_name, None, scope)?;
    if qualifier.is_some() {
        return Err(ApiError::constraint(
            input.function_name,
            "functionName",
            r"satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)",
        ));
    }
    if name.len() > 64 {
        let rule = "have length less than or equal to 64";
        return Err(ApiError::invalid_parameter_value(constraint(
            name,
            "functionName",
            rule,
        )));
    }
    if input.package_type.is_some_and(|it| it != "Zip") {
        return Err(ApiError::not_emulated("functions from container images"));
    }
    check_tag_count(&input.tags)?;

    let mut settings = settings.apply(Settings::default_for(&name))?;
    if let Some(architecture) = architecture(input.architectures)? {
        settings.architecture = architecture;
    }
    settings.check_complete()?;
    let zip = input.code.zip_file.ok_or_else(|| {
        ApiError::invalid_parameter_value("Please provide a source for function code.")
    })?;
    let package = Package::upload(&zip)?;
    if functions.0.contains_key(&name) {
        return Err(ApiError::resource_conflict(format!(
            "Function already exist: {name}"
        )));
    }
    check_assumable(roles, &settings.role, scope)?;

    let content = Content {
        id: scope.new_id(),
        settings,
        package,
        only_by_deployer: by_deployer,
    };
    let mut function = Function::new(name.clone(), content, input.tags, scope);
    let mut answer = function.configuration(&function.latest, None, scope);
    if input.publish {
        let version = function.publish(None, Lifecycle::creating(scope), scope);
        answer = function.configuration(&version, None, scope);
    }
    functions.0.insert(name, function);
    Ok(Reply::created(answer))
}

/// Refuses a role that Lambda may not assume, also one that is too new.
pub(super) fn check_assumable(
    roles: &Roles,
    role: &str,
    scope: &Scope<'_>,
) -> Result<(), ApiError> {
    if roles.lambda_can_assume(role, scope) {
        Ok(())
    } else {
        Err(ApiError::invalid_parameter_value(
            "The role defined for the function cannot be assumed by Lambda.",
        ))
    }
}

/// The named members and the others, of those that say something.
pub(super) fn split(members: Map<String, Value>, names: &[&str]) -> [Map<String, Value>; 2] {
    let (own, others) = members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .partition(|(name, _)| names.contains(&name.as_str()));
    [own, others]
}

impl Function {
    fn new(
        name: String,
        content: Content,
        tags: BTreeMap<String, String>,
        scope: &Scope<'_>,
    ) -> Self {
        Self {
            name,
            latest: Revision {
                version: LATEST.to_owned(),
                content: Arc::new(content),
                last_modified: scope.now,
                lifecycle: Lifecycle::creating(scope),
            },
            before_update: None,
            versions: BTreeMap::new(),
            next_version: 1,
            last_published: None,
            aliases: BTreeMap::new(),
            urls: BTreeMap::new(),
            policies: BTreeMap::new(),
            tags,
            reserved_concurrency: None,
            invocations: Arc::new(()),
        }
    }
}

/// `GetFunctionConfiguration`
pub(super) fn get_configuration(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let function = functions.find(&name, scope)?;
    let qualifier = name.qualifier.as_deref();
    let revision = function
        .revision(qualifier)
        .ok_or_else(|| name.not_found(scope))?;
    Ok(Reply::ok(
        function.configuration(revision, qualifier, scope),
    ))
}

/// `GetFunction`. The answer has no `Code.Location`: nothing here serves packages for download.
pub(super) fn get(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let configuration = get_configuration(functions, call, scope)?.body;
    let function = functions.find(&call.function(scope)?, scope)?;
    let mut answer = json!({
        "Configuration": configuration,
        "Code": { "RepositoryType": "S3" },
    });
    if !function.tags.is_empty() {
        answer["Tags"] = json!(function.tags);
    }
    if let Some(reserved) = function.reserved_concurrency {
        answer["Concurrency"] = json!({ "ReservedConcurrentExecutions": reserved });
    }
    Ok(Reply::ok(answer))
}

pub(super) fn list(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let functions = functions.0.values();
    match call.input.get("FunctionVersion") {
        None => Ok(Reply::page(call, "Functions", functions, |function| {
            function.listed(&function.latest, None, scope)
        })),
        Some("ALL") => {
            let all = functions.flat_map(|function| {
                function
                    .all_versions()
                    .map(move |revision| (function, revision))
            });
            Ok(Reply::page(
                call,
                "Functions",
                all,
                |(function, revision)| function.listed(revision, Some(&revision.version), scope),
            ))
        }
        Some(other) => Err(ApiError::constraint(
            other,
            "functionVersion",
            "satisfy enum value set: [ALL]",
        )),
    }
}

/// Deletes a version, or everything.
pub(super) fn delete(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function(scope)?;
    let unqualified = FunctionName {
        name: name.name.clone(),
        qualifier: None,
    };
    match name.qualifier.as_deref() {
        None => {
            functions.find(&name, scope)?;
            functions.0.remove(&name.name);
        }
        Some(LATEST) => {
            return Err(ApiError::invalid_parameter_value(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Some(alias) if is_alias_name(alias) => {
            functions.find(&unqualified, scope)?;
            return Err(ApiError::invalid_parameter_value(
                "Deletion of aliases is not currently supported.",
            ));
        }
        Some(number) => {
            let function = functions.find_mut(&unqualified, scope)?;
            function.delete_version(number, scope)?;
        }
    }
    Ok(Reply::no_content())
}
