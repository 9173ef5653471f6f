//! Function URL configurations, of a function and of its aliases. The port of a URL is bound before
//! its configuration is made: here it is only recorded.

use serde::Deserialize;
use serde_json::{Value, json};

use super::function::{Function, Functions};
use super::policy::Policy;
use super::reply::Reply;
use super::url::{AuthType, Cors, InvokeMode, UrlConfig, UrlTarget};
use crate::route::Call;
use crate::route::FunctionName;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::timestamp;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UrlInput {
    auth_type: Option<AuthType>,
    cors: Option<Cors>,
    invoke_mode: Option<InvokeMode>,
}

/// `CreateFunctionUrlConfig`, for a server that listens on `port`. Also returns the identifier of the
/// new URL, 32 lower-case characters as on AWS.
pub(crate) fn create(
    functions: &mut Functions,
    call: &Call,
    port: u16,
    scope: &Scope<'_>,
) -> Result<(Reply, String), ApiError> {
    let name = call.function_for_url(scope)?;
    let input: UrlInput = call.decode()?;
    check_cors(input.cors.as_ref())?;
    let auth_type = input
        .auth_type
        .ok_or_else(|| ApiError::missing("authType"))?;
    let function = existing(functions, &name)?;
    if function.urls.contains_key(&name.qualifier) {
        return Err(ApiError::resource_conflict(format!(
            "Failed to create function url config for [functionArn = {}]. Error message:  \
             FunctionUrlConfig exists for this Lambda function",
            name.arn(scope)
        )));
    }
    let now = timestamp::with_microseconds(scope.now);
    let config = UrlConfig {
        url_id: scope.new_id().simple().to_string(),
        url: format!("http://127.0.0.1:{port}/"),
        auth_type,
        cors: input.cors.clone(),
        invoke_mode: input.invoke_mode.unwrap_or_default(),
        created: now.clone(),
        last_modified: now,
    };
    let mut answer = config.describe(&name.arn(scope));
    // AWS repeats the mode in this answer only if the request has set it.
    answer["InvokeMode"] = json!(input.invoke_mode);
    answer["LastModifiedTime"] = Value::Null;
    let url_id = config.url_id.clone();
    function.urls.insert(name.qualifier, config);
    Ok((Reply::created(without_nulls(answer)), url_id))
}

pub(super) fn get(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function_for_url(scope)?;
    let config = functions
        .0
        .get(&name.name)
        .and_then(|function| function.urls.get(&name.qualifier))
        .ok_or_else(missing)?;
    Ok(Reply::ok(without_nulls(config.describe(&name.arn(scope)))))
}

pub(super) fn update(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function_for_url(scope)?;
    let input: UrlInput = call.decode()?;
    check_cors(input.cors.as_ref())?;
    let config = existing(functions, &name)?
        .urls
        .get_mut(&name.qualifier)
        .ok_or_else(missing)?;
    config.auth_type = input.auth_type.unwrap_or(config.auth_type);
    config.invoke_mode = input.invoke_mode.unwrap_or(config.invoke_mode);
    if let Some(cors) = input.cors {
        config.cors = Some(cors);
    }
    config.last_modified = timestamp::with_microseconds(scope.now);
    let mut answer = config.describe(&name.arn(scope));
    answer["InvokeMode"] = json!(input.invoke_mode);
    Ok(Reply::ok(without_nulls(answer)))
}

pub(super) fn delete(
    functions: &mut Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function_for_url(scope)?;
    functions
        .0
        .get_mut(&name.name)
        .and_then(|function| function.urls.remove(&name.qualifier))
        .ok_or_else(missing)?;
    Ok(Reply::no_content())
}

pub(super) fn list(
    functions: &Functions,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    let name = call.function_for_url(scope)?;
    let function = functions.0.get(&name.name).ok_or_else(no_function)?;
    Ok(Reply::page(
        call,
        "FunctionUrlConfigs",
        &function.urls,
        |(alias, config)| without_nulls(config.describe(&function.arn(alias.as_deref(), scope))),
    ))
}

/// Finds the function; refuses a function or an alias that does not exist.
fn existing<'a>(
    functions: &'a mut Functions,
    name: &FunctionName,
) -> Result<&'a mut Function, ApiError> {
    functions
        .0
        .get_mut(&name.name)
        .filter(|function| function.revision(name.qualifier.as_deref()).is_some())
        .ok_or_else(no_function)
}

fn no_function() -> ApiError {
    ApiError::resource_not_found("Function does not exist")
}

fn missing() -> ApiError {
    ApiError::resource_not_found("The resource you requested does not exist.")
}

fn check_cors(cors: Option<&Cors>) -> Result<(), ApiError> {
    let Some(cors) = cors else {
        return Ok(());
    };
    let lists = [
        (&cors.allow_headers, "cors.allowHeaders", 100),
        (&cors.allow_methods, "cors.allowMethods", 6),
        (&cors.allow_origins, "cors.allowOrigins", 100),
        (&cors.expose_headers, "cors.exposeHeaders", 100),
    ];
    for (list, member, longest) in lists {
        if let Some(list) = list
            && list.len() > longest
        {
            let value = format!("[{}]", list.join(", "));
            let rule = format!("have length less than or equal to {longest}");
            return Err(ApiError::constraint(value, member, rule));
        }
    }
    match cors.max_age {
        Some(age) if age > 86_400 => Err(ApiError::constraint(
            age,
            "cors.maxAge",
            "have value less than or equal to 86400",
        )),
        _ => Ok(()),
    }
}

fn without_nulls(mut answer: Value) -> Value {
    if let Some(members) = answer.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    answer
}

impl Functions {
    pub(crate) fn url_target(&self, url_id: &str, scope: &Scope<'_>) -> Option<UrlTarget> {
        self.0.values().find_map(|function| {
            let (qualifier, config) = function
                .urls
                .iter()
                .find(|(_, config)| config.url_id == url_id)?;
            Some(UrlTarget {
                function_name: function.name.clone(),
                qualifier: qualifier.clone(),
                auth_type: config.auth_type,
                cors: config.cors.clone(),
                invoke_mode: config.invoke_mode,
                account_id: scope.account_id.to_owned(),
                region: scope.region.to_owned(),
            })
        })
    }

    /// Whether a request may pass. `allowed`: the caller's own policies let it, if it was signed.
    pub(crate) fn may_invoke_url(&self, target: &UrlTarget, allowed: bool) -> bool {
        let Some(function) = self.0.get(&target.function_name) else {
            return false;
        };
        match target.auth_type {
            // A URL of a deleted alias lets nobody in.
            AuthType::AwsIam => allowed && function.revision(target.qualifier.as_deref()).is_some(),
            AuthType::None => function
                .policies
                .get(&target.qualifier)
                .is_some_and(Policy::opens_url_to_anyone),
        }
    }

    pub(crate) fn has_url(&self, url_id: &str) -> bool {
        self.0
            .values()
            .flat_map(|function| function.urls.values())
            .any(|config| config.url_id == url_id)
    }
}
