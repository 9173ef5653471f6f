//! Writes the function URL. It belongs to the alias.

use std::collections::BTreeSet;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{FunctionUrlAuthType, InvokeMode};

use crate::aws::AwsError;
use crate::deployment::access::{Cors, UrlSettings};
use crate::plan::resource::url::UrlAction;

/// Returns the address of a URL that was made.
pub(super) async fn carry_out(
    lambda: &Client,
    action: &UrlAction,
) -> Result<Option<String>, AwsError> {
    match action {
        UrlAction::Create {
            function,
            alias,
            settings,
        } => create_url(lambda, function, alias, settings)
            .await
            .map(Some),
        UrlAction::Update {
            function,
            alias,
            from: _,
            to,
        } => update_url(lambda, function, alias, to).await.map(|()| None),
        UrlAction::Delete {
            function,
            alias,
            url: _,
        } => delete_url(lambda, function, alias).await.map(|()| None),
    }
}

/// Returns the address.
async fn create_url(
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

async fn update_url(
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

async fn delete_url(lambda: &Client, name: &str, alias: &str) -> Result<(), AwsError> {
    let request = lambda
        .delete_function_url_config()
        .function_name(name)
        .qualifier(alias);
    let result = request.send().await.map(drop);
    AwsError::gone(
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

fn url(name: &str, alias: &str) -> String {
    format!("function URL of `{name}:{alias}`")
}
