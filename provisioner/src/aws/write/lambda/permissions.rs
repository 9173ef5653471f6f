//! Writes the function URL and the permissions to call it. Both belong to the alias: without the
//! qualifier every call would answer 403.

use std::collections::BTreeSet;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{FunctionUrlAuthType, InvokeMode};

use super::gone;
use crate::aws::AwsError;
use crate::deployment::access::{Cors, UrlSettings};
use crate::deployment::permission::Grant;

/// No revision is sent along: statements are independent of each other, and AWS refuses an id that
/// is taken.
pub(in crate::aws::write) async fn add_permission(
    lambda: &Client,
    name: &str,
    alias: &str,
    grant: Grant,
) -> Result<(), AwsError> {
    let request = lambda
        .add_permission()
        .function_name(name)
        .qualifier(alias)
        .statement_id(grant.sid())
        .action(grant.action())
        .principal("*");
    let request = match grant {
        Grant::CallUrl => request.function_url_auth_type(FunctionUrlAuthType::None),
        Grant::InvokeViaUrl => request.invoked_via_function_url(true),
    };
    request
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:AddPermission", permission(name, alias), &error))?;
    Ok(())
}

pub(in crate::aws::write) async fn remove_permission(
    lambda: &Client,
    name: &str,
    alias: &str,
    sid: &str,
) -> Result<(), AwsError> {
    let request = lambda
        .remove_permission()
        .function_name(name)
        .qualifier(alias)
        .statement_id(sid);
    let result = request.send().await.map(drop);
    gone(
        result.map_err(|error| {
            AwsError::new("lambda:RemovePermission", permission(name, alias), &error)
        }),
    )
}

/// Returns the address.
pub(in crate::aws::write) async fn create_url(
    lambda: &Client,
    name: &str,
    alias: &str,
    settings: &UrlSettings,
) -> Result<String, AwsError> {
    let UrlSettings {
        auth_type,
        invoke_mode,
        cors,
    } = settings;
    let answer = lambda
        .create_function_url_config()
        .function_name(name)
        .qualifier(alias)
        .auth_type(FunctionUrlAuthType::from(auth_type.as_str()))
        .invoke_mode(InvokeMode::from(invoke_mode.as_str()))
        .set_cors(cors.as_ref().map(sdk_cors))
        .send()
        .await
        .map_err(|error| {
            AwsError::new("lambda:CreateFunctionUrlConfig", url(name, alias), &error)
        })?;
    Ok(answer.function_url)
}

pub(in crate::aws::write) async fn update_url(
    lambda: &Client,
    name: &str,
    alias: &str,
    settings: &UrlSettings,
) -> Result<(), AwsError> {
    let UrlSettings {
        auth_type,
        invoke_mode,
        cors,
    } = settings;
    lambda
        .update_function_url_config()
        .function_name(name)
        .qualifier(alias)
        .auth_type(FunctionUrlAuthType::from(auth_type.as_str()))
        .invoke_mode(InvokeMode::from(invoke_mode.as_str()))
        .set_cors(cors.as_ref().map(sdk_cors))
        .send()
        .await
        .map_err(|error| {
            AwsError::new("lambda:UpdateFunctionUrlConfig", url(name, alias), &error)
        })?;
    Ok(())
}

pub(in crate::aws::write) async fn delete_url(
    lambda: &Client,
    name: &str,
    alias: &str,
) -> Result<(), AwsError> {
    let request = lambda
        .delete_function_url_config()
        .function_name(name)
        .qualifier(alias);
    let result = request.send().await.map(drop);
    gone(
        result.map_err(|error| {
            AwsError::new("lambda:DeleteFunctionUrlConfig", url(name, alias), &error)
        }),
    )
}

/// Empty lists included: a member that is left out would stay as it is.
fn sdk_cors(cors: &Cors) -> aws_sdk_lambda::types::Cors {
    let Cors {
        allow_credentials,
        allow_headers,
        allow_methods,
        allow_origins,
        expose_headers,
        max_age_seconds,
    } = cors;
    let list = |set: &BTreeSet<String>| Some(set.iter().cloned().collect());
    aws_sdk_lambda::types::Cors::builder()
        .allow_credentials(*allow_credentials)
        .set_allow_headers(list(allow_headers))
        .set_allow_methods(list(allow_methods))
        .set_allow_origins(list(allow_origins))
        .set_expose_headers(list(expose_headers))
        .max_age((*max_age_seconds).try_into().unwrap_or(i32::MAX))
        .build()
}

fn permission(name: &str, alias: &str) -> String {
    format!("resource policy of `{name}:{alias}`")
}

fn url(name: &str, alias: &str) -> String {
    format!("function URL of `{name}:{alias}`")
}
