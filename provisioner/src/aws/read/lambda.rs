//! Reads the function, its alias with the version behind it, the URL, and the resource policy.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{
    Architecture, EnvironmentResponse, FunctionConfiguration, LastUpdateStatus, LoggingConfig,
    Runtime,
};

use super::found;
use crate::aws::AwsError;
use crate::permission::{self, Statement};
use crate::state::{
    Code, Configuration, LiveAlias, LiveFunction, LiveUrl, Logging, Names, UrlSettings,
};

/// `$LATEST`, with the tags and the reserved concurrency that come in the same answer.
pub(super) async fn function(
    lambda: &Client,
    names: &Names,
) -> Result<Option<LiveFunction>, AwsError> {
    const OPERATION: &str = "lambda:GetFunction";
    let resource = format!("function `{}`", names.function);

    let answer = lambda
        .get_function()
        .function_name(&names.function)
        .send()
        .await;
    let Some(answer) = found(OPERATION, &resource, answer)? else {
        return Ok(None);
    };
    // Without permission for the tags they are missing from the answer: not the same as no tags.
    if let Some(error) = answer.tags_error() {
        return Err(AwsError::TagsHidden {
            function: names.function.clone(),
            code: error.error_code().to_owned(),
            message: error.message().to_owned(),
        });
    }
    let Some(function) = answer.configuration else {
        return Err(AwsError::Incomplete {
            operation: OPERATION,
            resource,
            missing: "a configuration",
        });
    };
    let failed = function.last_update_status() == Some(&LastUpdateStatus::Failed);
    let reason = function
        .last_update_status_reason()
        .unwrap_or("no reason given");
    Ok(Some(LiveFunction {
        arn: function.function_arn().unwrap_or_default().to_owned(),
        tags: answer.tags.unwrap_or_default().into_iter().collect(),
        state: function
            .state()
            .map_or("Active", |state| state.as_str())
            .to_owned(),
        failed_update: failed.then(|| reason.to_owned()),
        last_modified: function.last_modified().map(str::to_owned),
        reserved_concurrency: answer
            .concurrency
            .and_then(|concurrency| concurrency.reserved_concurrent_executions),
        code: Settings::of_latest(&function).code(),
        configuration: Settings::of_latest(&function).configuration(),
    }))
}

/// The alias, and the version it points to: two requests in parallel.
pub(super) async fn alias(lambda: &Client, names: &Names) -> Result<Option<LiveAlias>, AwsError> {
    let Names {
        function, alias, ..
    } = names;
    let resource = format!("alias `{function}:{alias}`");

    let (pointer, version) = tokio::join!(
        lambda
            .get_alias()
            .function_name(function)
            .name(*alias)
            .send(),
        lambda
            .get_function_configuration()
            .function_name(function)
            .qualifier(*alias)
            .send(),
    );
    let pointer = found("lambda:GetAlias", &resource, pointer)?;
    let version = found("lambda:GetFunctionConfiguration", &resource, version)?;
    let (Some(pointer), Some(version)) = (pointer, version) else {
        return Ok(None);
    };
    let settings = Settings::of_version(&version);
    Ok(Some(LiveAlias {
        version: pointer.function_version().unwrap_or_default().to_owned(),
        configuration: settings.configuration(),
        code: settings.code(),
        also_routed_to: pointer
            .routing_config()
            .and_then(|routing| routing.additional_version_weights())
            .map(|weights| weights.keys().cloned().collect())
            .unwrap_or_default(),
        revision_id: pointer.revision_id().map(str::to_owned),
    }))
}

/// The alias's function URL.
pub(super) async fn url(lambda: &Client, names: &Names) -> Result<Option<LiveUrl>, AwsError> {
    let Names {
        function, alias, ..
    } = names;

    let answer = lambda
        .get_function_url_config()
        .function_name(function)
        .qualifier(*alias)
        .send()
        .await;
    let resource = format!("function URL of `{function}:{alias}`");
    let answer = found("lambda:GetFunctionUrlConfig", &resource, answer)?;
    Ok(answer.map(|answer| LiveUrl {
        url: answer.function_url().to_owned(),
        settings: UrlSettings {
            auth_type: answer.auth_type().as_str().to_owned(),
            // Older URLs have none, which means buffered.
            invoke_mode: answer
                .invoke_mode()
                .map_or("BUFFERED", |mode| mode.as_str())
                .to_owned(),
        },
    }))
}

/// The alias's resource policy, statement by statement.
pub(super) async fn statements(lambda: &Client, names: &Names) -> Result<Vec<Statement>, AwsError> {
    const OPERATION: &str = "lambda:GetPolicy";
    let Names {
        function, alias, ..
    } = names;
    let resource = format!("resource policy of `{function}:{alias}`");

    let answer = lambda
        .get_policy()
        .function_name(function)
        .qualifier(*alias)
        .send()
        .await;
    let policy = found(OPERATION, &resource, answer)?.and_then(|answer| answer.policy);
    let Some(policy) = policy else {
        return Ok(Vec::new());
    };
    permission::statements(&policy).map_err(|_| AwsError::Incomplete {
        operation: OPERATION,
        resource,
        missing: "a policy in JSON",
    })
}

/// What the answers to `GetFunction` and `GetFunctionConfiguration`, two types with the same members,
/// say about settings.
struct Settings<'a> {
    role: Option<&'a str>,
    runtime: Option<&'a Runtime>,
    handler: Option<&'a str>,
    memory_size: Option<i32>,
    timeout: Option<i32>,
    logging: Option<&'a LoggingConfig>,
    environment: Option<&'a EnvironmentResponse>,
    code_sha256: Option<&'a str>,
    architectures: &'a [Architecture],
}

impl<'a> Settings<'a> {
    fn of_latest(answer: &'a FunctionConfiguration) -> Self {
        Self {
            role: answer.role(),
            runtime: answer.runtime(),
            handler: answer.handler(),
            memory_size: answer.memory_size(),
            timeout: answer.timeout(),
            logging: answer.logging_config(),
            environment: answer.environment(),
            code_sha256: answer.code_sha256(),
            architectures: answer.architectures(),
        }
    }

    fn of_version(answer: &'a GetFunctionConfigurationOutput) -> Self {
        Self {
            role: answer.role(),
            runtime: answer.runtime(),
            handler: answer.handler(),
            memory_size: answer.memory_size(),
            timeout: answer.timeout(),
            logging: answer.logging_config(),
            environment: answer.environment(),
            code_sha256: answer.code_sha256(),
            architectures: answer.architectures(),
        }
    }

    fn configuration(&self) -> Configuration {
        Configuration {
            role_arn: self.role.unwrap_or_default().to_owned(),
            runtime: self.runtime.map_or("", Runtime::as_str).to_owned(),
            handler: self.handler.unwrap_or_default().to_owned(),
            // Lambda's own defaults.
            memory_mb: self.memory_size.unwrap_or(128),
            timeout_seconds: self.timeout.unwrap_or(3),
            logging: self.logging.map(|logging| Logging {
                log_group: logging.log_group().unwrap_or_default().to_owned(),
                format: logging
                    .log_format()
                    .map_or("Text", |format| format.as_str())
                    .to_owned(),
            }),
            environment: self
                .environment
                .and_then(EnvironmentResponse::variables)
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        }
    }

    fn code(&self) -> Code {
        Code {
            sha256: self.code_sha256.unwrap_or_default().to_owned(),
            architecture: self
                .architectures
                .first()
                .map_or("x86_64", Architecture::as_str)
                .to_owned(),
        }
    }
}
