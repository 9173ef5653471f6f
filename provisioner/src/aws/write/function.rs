//! Writes the function: its configuration and code.
//!
//! Lambda works on one change to a function at a time, and `RevisionId` changes with every step of
//! it. So each change waits until the function is at rest, sees whether it still holds what this run
//! has found or made, and sends along the revision it finds then: if somebody else changes the function
//! in between, AWS refuses. What is published is therefore what one run has made, never a mixture.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture, Environment, EphemeralStorage, FunctionCode, LogFormat, LoggingConfig, Runtime,
};

use super::rest::{self, Latest, function};
use crate::aws::AwsError;
use crate::aws::settings::Settings;
use crate::deployment::content::{Configuration, Logging, Package};
use crate::deployment::names::Tags;
use crate::plan::resource::function::FunctionAction;

pub(super) async fn carry_out(
    lambda: &Client,
    action: &FunctionAction,
    latest: &mut Latest,
) -> Result<(), AwsError> {
    match action {
        FunctionAction::Create {
            name,
            configuration,
            package,
            tags,
        } => create(lambda, name, configuration, package, tags, latest).await,
        FunctionAction::UpdateConfiguration { name, from: _, to } => {
            update_configuration(lambda, name, to, latest).await
        }
        FunctionAction::UpdateCode { name, from: _, to } => {
            update_code(lambda, name, to, latest).await
        }
        FunctionAction::SetConcurrency { name, from: _, to } => {
            reserve_concurrency(lambda, name, *to).await
        }
        FunctionAction::Tag { name: _, arn, tags } => tag(lambda, arn, &tags.to).await,
        FunctionAction::Delete { name } => delete(lambda, name).await,
    }
}

async fn create(
    lambda: &Client,
    name: &str,
    configuration: &Configuration,
    package: &Package,
    tags: &Tags,
    latest: &mut Latest,
) -> Result<(), AwsError> {
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        ephemeral_storage_mb,
        logging,
        environment: _,
    } = configuration;
    let answer = lambda
        .create_function()
        .function_name(name)
        .description("Streams the answers of an Amazon Bedrock agent")
        .role(role_arn)
        .runtime(Runtime::from(runtime.as_str()))
        .handler(handler)
        .memory_size(*memory_mb)
        .timeout(*timeout_seconds)
        .set_ephemeral_storage(sdk_storage(*ephemeral_storage_mb)?)
        .logging_config(sdk_logging(logging))
        .environment(sdk_environment(configuration))
        .architectures(Architecture::from(package.architecture.as_str()))
        .code(
            FunctionCode::builder()
                .zip_file(Blob::new(&*package.zip))
                .build(),
        )
        .set_tags(Some(tags.clone().into_iter().collect()))
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:CreateFunction", function(name), &error))?;
    latest.is_now(&Settings::of_created(&answer));
    rest::after_change(lambda, name, latest).await?;
    Ok(())
}

async fn update_configuration(
    lambda: &Client,
    name: &str,
    to: &Configuration,
    latest: &mut Latest,
) -> Result<(), AwsError> {
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        ephemeral_storage_mb,
        logging,
        environment: _,
    } = to;
    let revision = rest::before_change(lambda, name, latest).await?;
    let answer = lambda
        .update_function_configuration()
        .function_name(name)
        .role(role_arn)
        .runtime(Runtime::from(runtime.as_str()))
        .handler(handler)
        .memory_size(*memory_mb)
        .timeout(*timeout_seconds)
        .set_ephemeral_storage(sdk_storage(*ephemeral_storage_mb)?)
        .logging_config(sdk_logging(logging))
        .environment(sdk_environment(to))
        .set_revision_id(revision)
        .send()
        .await
        .map_err(|error| {
            AwsError::new("lambda:UpdateFunctionConfiguration", function(name), &error)
        })?;
    latest.is_now(&Settings::of_configured(&answer));
    rest::after_change(lambda, name, latest).await?;
    Ok(())
}

async fn update_code(
    lambda: &Client,
    name: &str,
    package: &Package,
    latest: &mut Latest,
) -> Result<(), AwsError> {
    let revision = rest::before_change(lambda, name, latest).await?;
    let answer = lambda
        .update_function_code()
        .function_name(name)
        .architectures(Architecture::from(package.architecture.as_str()))
        .zip_file(Blob::new(&*package.zip))
        .set_revision_id(revision)
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:UpdateFunctionCode", function(name), &error))?;
    latest.is_now(&Settings::of_coded(&answer));
    rest::after_change(lambda, name, latest).await?;
    Ok(())
}

async fn tag(lambda: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    lambda
        .tag_resource()
        .resource(arn)
        .set_tags(Some(tags.clone().into_iter().collect()))
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:TagResource", function(arn), &error))?;
    Ok(())
}

/// Keeps so many executions free for this function, and never lets more of them run.
async fn reserve_concurrency(lambda: &Client, name: &str, reserved: u16) -> Result<(), AwsError> {
    lambda
        .put_function_concurrency()
        .function_name(name)
        .reserved_concurrent_executions(reserved.into())
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:PutFunctionConcurrency", function(name), &error))?;
    Ok(())
}

/// Deletes the function with all its versions.
async fn delete(lambda: &Client, name: &str) -> Result<(), AwsError> {
    let result = lambda.delete_function().function_name(name).send().await;
    let result =
        result.map_err(|error| AwsError::new("lambda:DeleteFunction", function(name), &error));
    AwsError::gone(result.map(drop))
}

fn sdk_environment(configuration: &Configuration) -> Environment {
    let variables = configuration.environment.clone().into_iter().collect();
    Environment::builder()
        .set_variables(Some(variables))
        .build()
}

fn sdk_storage(megabytes: Option<i32>) -> Result<Option<EphemeralStorage>, AwsError> {
    let storage = megabytes.map(|size| EphemeralStorage::builder().size(size).build());
    storage.transpose().map_err(|_| AwsError::Incomplete {
        operation: "lambda:UpdateFunctionConfiguration",
        resource: "ephemeral storage".to_owned(),
        missing: "a size",
    })
}

fn sdk_logging(Logging { log_group, format }: &Logging) -> LoggingConfig {
    LoggingConfig::builder()
        .log_format(LogFormat::from(format.as_str()))
        .log_group(log_group)
        .build()
}
